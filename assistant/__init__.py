"""Questions -> grounded answers: every quote is cut from a clause, or there is a refusal."""
