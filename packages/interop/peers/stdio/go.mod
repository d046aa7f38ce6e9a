module parley/interop/stdio

go 1.25.0
