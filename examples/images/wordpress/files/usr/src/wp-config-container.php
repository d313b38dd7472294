<?php
/** The variable WORDPRESS_$name, the content of the file in WORDPRESS_{$name}_FILE, or the default. */
function container_setting(string $name, string $default): string
{
    $path = getenv("WORDPRESS_{$name}_FILE");
    if ($path !== false && $path !== '') {
        return rtrim(file_get_contents($path), "\r\n");
    }
    $value = getenv("WORDPRESS_{$name}");
    return $value === false ? $default : $value;
}

foreach ([
    'DB_NAME' => 'wordpress',
    'DB_USER' => 'wordpress',
    'DB_PASSWORD' => '',
    'DB_HOST' => 'mysql',
    'DB_CHARSET' => 'utf8mb4',
    'DB_COLLATE' => '',
    'AUTH_KEY' => '@SECRET@',
    'SECURE_AUTH_KEY' => '@SECRET@',
    'LOGGED_IN_KEY' => '@SECRET@',
    'NONCE_KEY' => '@SECRET@',
    'AUTH_SALT' => '@SECRET@',
    'SECURE_AUTH_SALT' => '@SECRET@',
    'LOGGED_IN_SALT' => '@SECRET@',
    'NONCE_SALT' => '@SECRET@',
] as $name => $default) {
    define($name, container_setting($name, $default));
}
$table_prefix = container_setting('TABLE_PREFIX', 'wp_');
define('WP_DEBUG', container_setting('DEBUG', '') !== '');

// A proxy in front may speak HTTPS with the visitor.
if (stripos($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '', 'https') !== false) {
    $_SERVER['HTTPS'] = 'on';
}
eval(container_setting('CONFIG_EXTRA', ''));

if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
