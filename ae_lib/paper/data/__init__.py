"""What makes or loads the data of the experiments: curves, faces, documents."""
