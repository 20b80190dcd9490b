module github.com/corsgen/corsgen

go 1.26.8
