// Redocly's linter, without its question to the npm registry whether there is a newer one.
process.env.REDOCLY_SUPPRESS_NOTIFICATIONS = 'true';
process.argv.push('lint', 'openapi.json');
await import('@redocly/cli/bin/cli.js');
