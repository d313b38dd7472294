

# an ordinary comment
# escape=`
   # indented comment
FROM busybox
RUN one \
# comment within

    # indented comment within
  two \   
  three
RUN ends with two backslashes \\
RUN tab	separated	words
    RUN indented instruction
\
RUN after a lone continuation
ENV A=1 \
    B=2 \
    # a comment
    C=3
RUN continues \
