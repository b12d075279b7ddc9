"""A Firestore on one machine: `google.firestore.v1.Firestore` over gRPC, on one SQLite file.

Run it with `python -m embedded.firestore --db FILE`, or in a program with `embedded.firestore.server.serve`.
"""
