"""Documents -> clauses: reading, structure, references and the store. Knows no model."""
