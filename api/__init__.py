"""The REST and WebSocket API: one router a feature."""
