"""The bridge: from the docks' MQTT to sagas and documents, and the answers that docks wait for."""
