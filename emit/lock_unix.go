//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package emit

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks a folder, without a file in it, until f is closed or the process ends.
// A file system that knows no locks is as if it were locked.
func tryLock(f *os.File) (busy bool) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return errors.Is(err, syscall.EWOULDBLOCK)
}
