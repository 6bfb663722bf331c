"""Fuzzers of the parsers that read what strangers send: a module each, with seeds, a property and a planted bug.

Each module has
    SEEDS               inputs as Sinch, players and people send them
    check(data)         reads `data`; raises for whatever the parser must not do (the errors that it declares are fine)
    plant(patch)        puts a bug into the parser that the fuzzer has to find

`make test` runs each with some hundred mutated seeds. `make trust` runs each for three minutes under atheris, which
keeps the inputs that reach new code; so does, by hand, `python -m tests.fuzz event --seconds 60`.
"""

NAMES = ("signature", "event", "svaml", "ranges", "transcript", "destination", "audio", "query")
