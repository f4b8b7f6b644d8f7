def main():
    print("tool of 1.0")
