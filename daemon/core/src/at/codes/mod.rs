//! Codes of the module and the servers.
