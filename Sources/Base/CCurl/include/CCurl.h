// libcurl, loaded when first needed: most commands never talk to a registry and need not load its forty libraries.
// The variadic functions of libcurl get typed forms here, because Swift cannot call them.
// Everything but ccurl_load needs ccurl_load to have returned NULL before.
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>
#include <stddef.h>

// Loads libcurl.so.4 once for the process; any thread. Returns NULL, or why it cannot be used (static text).
const char *ccurl_load(void);

CURL *ccurl_easy_new(void);
void ccurl_easy_free(CURL *easy);
// Forgets all options; keeps connections and caches.
void ccurl_easy_reset(CURL *easy);

// curl_easy_setopt for each type of value. Strings and blobs are copied by libcurl.
CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value);
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);
CURLcode ccurl_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count);
// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
CURLcode ccurl_set_writer(CURL *easy, CURLoption option, curl_write_callback function);
CURLcode ccurl_set_reader(CURL *easy, curl_read_callback function);
CURLcode ccurl_set_seeker(CURL *easy, curl_seek_callback function);

long ccurl_get_long(CURL *easy, CURLINFO info);
curl_off_t ccurl_get_offset(CURL *easy, CURLINFO info);

// NULL when out of memory; the list is then as it was.
struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text);
void ccurl_list_free(struct curl_slist *list);

// What a code means, in English; static text.
const char *ccurl_text(CURLcode code);

CURLM *ccurl_multi_new(void);
void ccurl_multi_free(CURLM *multi);
// Makes the ccurl_perform of another thread look at `stopped`.
void ccurl_multi_wake(CURLM *multi);

// Performs the transfer on this thread. `stopped` is asked whenever something happens, at least every second; when it
// is not 0 the transfer ends with CURLE_ABORTED_BY_CALLBACK.
CURLcode ccurl_perform(CURLM *multi, CURL *easy, int (*stopped)(void *context), void *context);

// A connection for the caller's own protocol (CURLOPT_CONNECT_ONLY): makes it, on this thread; then sends and receives,
// with CURLE_AGAIN where that would wait for the socket.
CURLcode ccurl_connect(CURL *easy);
CURLcode ccurl_send(CURL *easy, const void *bytes, size_t count, size_t *sent);
CURLcode ccurl_receive(CURL *easy, void *bytes, size_t count, size_t *received);
// Its socket, which stays libcurl's; -1 if it is closed.
int ccurl_socket(CURL *easy);

#endif
