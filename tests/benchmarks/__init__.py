"""The harness of the benchmarks; not their figures, which no test can rely on."""
