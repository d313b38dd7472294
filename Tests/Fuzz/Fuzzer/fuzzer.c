// What libFuzzer calls: it brings main(). The variable FUZZ_TARGET names the target.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

extern int compose_fuzz(int target, const uint8_t *data, long size);
extern int compose_fuzz_target(const char *name);

static int target;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    const char *name = getenv("FUZZ_TARGET");
    target = name ? compose_fuzz_target(name) : -1;
    if (target < 0) {
        fprintf(stderr, "fuzzer: FUZZ_TARGET names no target\n");
        exit(2);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (compose_fuzz(target, data, (long)size)) abort();
    return 0;
}
