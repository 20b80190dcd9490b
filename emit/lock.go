package emit

import (
	"errors"
	"os"
	"time"
)

// ErrBusy says that another process has locked a folder for long.
var ErrBusy = errors.New("another run of corsgen is writing the files of this policy; let it finish, and try again")

// Lock keeps other processes that lock root from writing its files until unlock is
// called or the process ends, so that no set of files is a mixture of two runs. It
// waits for another one for as long as patience says, and then returns ErrBusy. On
// systems without flock(2) it does nothing.
func Lock(root *os.Root, patience time.Duration) (unlock func() error, err error) {
	f, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(patience); tryLock(f); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			return nil, errors.Join(ErrBusy, f.Close())
		}
	}
	return f.Close, nil
}
