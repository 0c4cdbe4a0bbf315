"""`python -m service` is `kennispost`."""

from service.cli import main

if __name__ == "__main__":
    main()
