"""Documents and their repositories: the authoritative state, on Google's Firestore client."""
