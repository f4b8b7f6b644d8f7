src/deep/secret.h
