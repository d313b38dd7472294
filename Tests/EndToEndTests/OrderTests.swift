import Testing

extension EndToEnd {
    struct Order {
        @Test
        func aServiceWaitsForTheHealthAndForTheCompletionOfThoseItDependsOn() throws {
            try Project.with(
                """
                services:
                  db:
                    image: busybox
                    command: sh -c 'sleep 0.5; touch /ready; exec nap'
                    healthcheck:
                      test: test -e /ready
                      interval: 200ms
                      retries: 50
                  migrate:
                    image: busybox
                    command: sh -c 'echo migrated >/shared/schema'
                    volumes: [shared:/shared]
                    depends_on:
                      db:
                        condition: service_healthy
                  app:
                    image: busybox
                    command: sh -c 'cat /shared/schema; exec nap'
                    volumes: [shared:/shared]
                    depends_on:
                      migrate:
                        condition: service_completed_successfully
                volumes:
                  shared:
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                #expect(try project.status(of: "db") == "running 0 healthy")
                try eventually("app saw what migrate had done") { try project.logs(of: "app") == ["migrated"] }
            }
        }

        @Test
        func upFailsAndSaysForWhomWhenADependencyTurnsUnhealthyOrFails() throws {
            try Project.with(
                """
                services:
                  sick:
                    image: busybox
                    command: nap
                    healthcheck:
                      test: "false"
                      interval: 100ms
                      retries: 2
                  failing:
                    image: busybox
                    command: "false"
                  patient:
                    image: busybox
                    command: nap
                    depends_on:
                      sick:
                        condition: service_healthy
                  next:
                    image: busybox
                    command: nap
                    depends_on:
                      failing:
                        condition: service_completed_successfully
                """
            ) { project in
                let unhealthy = try project.compose("up", "-d", "patient").fails(with: 1)
                #expect(unhealthy.errors.contains("\(project.name)-sick-1"))
                let failed = try project.compose("up", "-d", "next").fails(with: 1)
                #expect(failed.errors.contains("failing"))
                #expect(!(try project.compose("ps", "--services").succeeds().lines.contains("patient")))
            }
        }
    }
}
