"""All that pages ask: small typed questions, each guarded on the server."""
