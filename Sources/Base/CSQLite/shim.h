#include <sqlite3.h>

/* Closing the last connection leaves the write-ahead log as it is (sqlite3_db_config is variadic: invisible to Swift). */
static inline int csqlite_keep_log_on_close(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/* SQLITE_TRANSIENT: SQLite copies the text. */
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int length) {
    return sqlite3_bind_text(statement, index, bytes, length, SQLITE_TRANSIENT);
}
