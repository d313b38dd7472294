# syntax=docker/dockerfile:1
ARG NODE_VERSION=22
ARG BASE=node:${NODE_VERSION}-alpine

FROM --platform=$BUILDPLATFORM ${BASE} AS build
WORKDIR /src
COPY package*.json ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --no-audit
COPY . .
RUN npm run build && \
    # keep only what runs
    npm prune --production

FROM ${BASE}
ENV NODE_ENV=production PORT=8080
WORKDIR /app
COPY --from=build --chown=node:node /src/dist ./dist
COPY --from=0 /src/node_modules ./node_modules
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=1m30s --retries=5 CMD wget -qO- http://localhost:8080/ || exit 1
STOPSIGNAL SIGTERM
ENTRYPOINT ["node"]
CMD ["dist/server.js", "--port", "8080"]
