"""BPMN 2.0 files into definitions, with a list of everything that was not kept. Pure: no database, no HTTP."""
