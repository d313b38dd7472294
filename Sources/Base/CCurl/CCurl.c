#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>

// The header wraps these in macros that check types; here their addresses are wanted.
#undef curl_easy_setopt
#undef curl_easy_getinfo

#define FUNCTIONS(X) \
    X(curl_global_init) \
    X(curl_easy_init) \
    X(curl_easy_cleanup) \
    X(curl_easy_reset) \
    X(curl_easy_setopt) \
    X(curl_easy_getinfo) \
    X(curl_easy_strerror) \
    X(curl_easy_perform) \
    X(curl_easy_send) \
    X(curl_easy_recv) \
    X(curl_slist_append) \
    X(curl_slist_free_all) \
    X(curl_multi_init) \
    X(curl_multi_cleanup) \
    X(curl_multi_add_handle) \
    X(curl_multi_remove_handle) \
    X(curl_multi_perform) \
    X(curl_multi_poll) \
    X(curl_multi_wakeup) \
    X(curl_multi_info_read)

#define DECLARE(name) __typeof__(&name) name;
static struct {
    FUNCTIONS(DECLARE)
} lib;

static const char *failure;

static void load(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        failure = "the library libcurl.so.4 is not installed";
        return;
    }
#define FIND(name) \
    lib.name = (__typeof__(lib.name))dlsym(library, #name); \
    if (!lib.name) failure = "the library libcurl.so.4 lacks " #name ": it is too old";
    FUNCTIONS(FIND)
    if (!failure && lib.curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK) failure = "libcurl does not start";
}

const char *ccurl_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return failure;
}

CURL *ccurl_easy_new(void) { return lib.curl_easy_init(); }
void ccurl_easy_free(CURL *easy) { lib.curl_easy_cleanup(easy); }
void ccurl_easy_reset(CURL *easy) { lib.curl_easy_reset(easy); }

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return lib.curl_easy_setopt(easy, option, value);
}
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return lib.curl_easy_setopt(easy, option, value);
}
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return lib.curl_easy_setopt(easy, option, value);
}
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return lib.curl_easy_setopt(easy, option, value);
}
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return lib.curl_easy_setopt(easy, option, value);
}
CURLcode ccurl_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
    return lib.curl_easy_setopt(easy, option, &blob);
}
CURLcode ccurl_set_writer(CURL *easy, CURLoption option, curl_write_callback function) {
    return lib.curl_easy_setopt(easy, option, function);
}
CURLcode ccurl_set_reader(CURL *easy, curl_read_callback function) {
    return lib.curl_easy_setopt(easy, CURLOPT_READFUNCTION, function);
}
CURLcode ccurl_set_seeker(CURL *easy, curl_seek_callback function) {
    return lib.curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, function);
}

long ccurl_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    lib.curl_easy_getinfo(easy, info, &value);
    return value;
}
curl_off_t ccurl_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    lib.curl_easy_getinfo(easy, info, &value);
    return value;
}

struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text) {
    return lib.curl_slist_append(list, text);
}
void ccurl_list_free(struct curl_slist *list) { lib.curl_slist_free_all(list); }

const char *ccurl_text(CURLcode code) { return lib.curl_easy_strerror(code); }

CURLM *ccurl_multi_new(void) { return lib.curl_multi_init(); }
void ccurl_multi_free(CURLM *multi) { lib.curl_multi_cleanup(multi); }
void ccurl_multi_wake(CURLM *multi) { lib.curl_multi_wakeup(multi); }

CURLcode ccurl_perform(CURLM *multi, CURL *easy, int (*stopped)(void *context), void *context) {
    CURLcode code = CURLE_OK;
    if (lib.curl_multi_add_handle(multi, easy) != CURLM_OK) return CURLE_FAILED_INIT;
    for (;;) {
        int running = 0, messages = 0;
        if (stopped(context)) {
            code = CURLE_ABORTED_BY_CALLBACK;
            break;
        }
        if (lib.curl_multi_perform(multi, &running) != CURLM_OK) {
            code = CURLE_FAILED_INIT;
            break;
        }
        if (!running) {
            CURLMsg *message = lib.curl_multi_info_read(multi, &messages);
            if (message && message->msg == CURLMSG_DONE) code = message->data.result;
            break;
        }
        if (lib.curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK) {
            code = CURLE_FAILED_INIT;
            break;
        }
    }
    lib.curl_multi_remove_handle(multi, easy);
    return code;
}

CURLcode ccurl_connect(CURL *easy) { return lib.curl_easy_perform(easy); }
CURLcode ccurl_send(CURL *easy, const void *bytes, size_t count, size_t *sent) {
    return lib.curl_easy_send(easy, bytes, count, sent);
}
CURLcode ccurl_receive(CURL *easy, void *bytes, size_t count, size_t *received) {
    return lib.curl_easy_recv(easy, bytes, count, received);
}
int ccurl_socket(CURL *easy) {
    curl_socket_t socket = CURL_SOCKET_BAD;
    lib.curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
    return socket;
}
