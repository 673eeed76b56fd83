"""What a repository holds, read without letting it act."""
