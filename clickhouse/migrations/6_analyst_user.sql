-- server-only
-- Needs a server's access storage; the embedded engine has none and brings its own read-only `analyst`.
-- No password: allowed from localhost only. Give it one with ALTER USER analyst IDENTIFIED BY '…' HOST ANY.
CREATE USER IF NOT EXISTS analyst IDENTIFIED WITH no_password HOST LOCAL SETTINGS readonly = 2;

GRANT SELECT ON * TO analyst;
