#!/bin/sh
# Run once by the PostgreSQL image, in an empty data folder. The service's role is no superuser: it owns its database, and makes
# the role in whose name requests run.
set -eu
psql --username "$POSTGRES_USER" --no-psqlrc --set ON_ERROR_STOP=1 --set password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE zoho_moodle_sync LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE zoho_moodle_sync OWNER zoho_moodle_sync;
SQL
