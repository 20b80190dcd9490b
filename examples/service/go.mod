module example.com/service

go 1.26.0

tool github.com/corsgen/corsgen/cmd/corsgen

require github.com/corsgen/corsgen v0.0.0

replace github.com/corsgen/corsgen => ../..
