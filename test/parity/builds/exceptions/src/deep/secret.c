src/deep/secret.c
