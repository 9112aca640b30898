"""What a claim becomes: node and edge types, snapshots, stores, and exports."""
