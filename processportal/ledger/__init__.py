"""The ledger of signatures as files that anybody can check without the portal."""
