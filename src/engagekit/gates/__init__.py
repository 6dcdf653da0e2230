"""May it move on: criteria, the evidence they are judged by, and the verdict."""
