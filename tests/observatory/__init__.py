"""The site's answers, graded by MDN's HTTP Observatory: `make trust` installs the grader, a good 100 MB."""
