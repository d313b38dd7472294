<?php
// The settings come from the environment, so that changing them needs no change of this file.

/** The value of a variable, or of the file that VARIABLE_FILE names, or else the default. */
function setting(string $variable, string $default = ''): string
{
    $file = getenv($variable . '_FILE');
    if ($file !== false && $file !== '') {
        $value = file_get_contents($file);
        return rtrim($value === false ? '' : $value, "\r\n");
    }
    $value = getenv($variable);
    return $value === false ? $default : $value;
}

define('DB_HOST', setting('WORDPRESS_DB_HOST', 'mysql'));
define('DB_USER', setting('WORDPRESS_DB_USER', 'wordpress'));
define('DB_PASSWORD', setting('WORDPRESS_DB_PASSWORD'));
define('DB_NAME', setting('WORDPRESS_DB_NAME', 'wordpress'));
define('DB_CHARSET', setting('WORDPRESS_DB_CHARSET', 'utf8mb4'));
define('DB_COLLATE', setting('WORDPRESS_DB_COLLATE'));
$table_prefix = setting('WORDPRESS_TABLE_PREFIX', 'wp_');

// What signs the cookies. Made up when this file was written; a new value logs everybody out.
define('AUTH_KEY', setting('WORDPRESS_AUTH_KEY', '@RANDOM@'));
define('SECURE_AUTH_KEY', setting('WORDPRESS_SECURE_AUTH_KEY', '@RANDOM@'));
define('LOGGED_IN_KEY', setting('WORDPRESS_LOGGED_IN_KEY', '@RANDOM@'));
define('NONCE_KEY', setting('WORDPRESS_NONCE_KEY', '@RANDOM@'));
define('AUTH_SALT', setting('WORDPRESS_AUTH_SALT', '@RANDOM@'));
define('SECURE_AUTH_SALT', setting('WORDPRESS_SECURE_AUTH_SALT', '@RANDOM@'));
define('LOGGED_IN_SALT', setting('WORDPRESS_LOGGED_IN_SALT', '@RANDOM@'));
define('NONCE_SALT', setting('WORDPRESS_NONCE_SALT', '@RANDOM@'));

define('WP_DEBUG', (bool) setting('WORDPRESS_DEBUG'));

// A proxy in front that speaks HTTPS says so.
if (($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https') {
    $_SERVER['HTTPS'] = 'on';
}

// More settings, as PHP.
eval(setting('WORDPRESS_CONFIG_EXTRA'));

if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
