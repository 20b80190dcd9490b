package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is a server that runs: a master and its workers, on the last of the
// processor's cores alone, so that the client does not stand in its way.
type process struct {
	cmd     *exec.Cmd
	addr    string
	reload  syscall.Signal
	said    bytes.Buffer
	exited  chan struct{}
	startUp time.Duration // until it accepted a connection
}

// start starts a server that is to listen on addr.
func start(cmd *exec.Cmd, addr string, reload syscall.Signal) (*process, error) {
	p := &process{cmd: cmd, addr: addr, reload: reload, exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	began := time.Now()
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, err
	}
	for time.Since(began) < 20*time.Second {
		if c, err := net.Dial("tcp", addr); err == nil {
			p.startUp = time.Since(began)
			return p, c.Close()
		}
		select {
		case <-p.exited:
			return nil, fmt.Errorf("%s does not start: %s", cmd.Path, p.said.String())
		case <-time.After(time.Millisecond):
		}
	}
	p.stop()
	return nil, fmt.Errorf("%s does not listen: %s", cmd.Path, p.said.String())
}

// run starts the server and waits until it ends. The server inherits the affinity
// of the thread that starts it and ends with that thread, which nothing else uses
// and which lives as long as the server.
func (p *process) run(started chan<- error) {
	defer close(p.exited)
	runtime.LockOSThread()
	var last unix.CPUSet
	last.Set(runtime.NumCPU() - 1)
	if err := unix.SchedSetaffinity(0, &last); err != nil {
		started <- err
		return
	}
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait() // how it ended is in what it said
	}
}

// stop stops the server and waits for its end.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // on SIGKILL the workers would live on
	<-p.exited
}

// workers returns the processes that the master has started.
func (p *process) workers() ([]int, error) {
	master := p.cmd.Process.Pid
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", master))
	if err != nil {
		return nil, err
	}
	var all []int
	for field := range strings.FieldsSeq(string(list)) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			return nil, err
		}
		all = append(all, pid)
	}
	return all, nil
}

// cpu returns the processor time that the workers have used, of the user and of
// the kernel for them. It is the clock of their processes, which counts
// nanoseconds; the utime and stime of /proc/PID/stat are the same in steps of
// 10 ms.
func (p *process) cpu() (time.Duration, error) {
	pids, err := p.workers()
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, pid := range pids {
		var t unix.Timespec
		const scheduler = 2 // CPUCLOCK_SCHED: all that the process ran
		if err := unix.ClockGettime(int32(^pid<<3|scheduler), &t); err != nil {
			return 0, err
		}
		sum += time.Duration(t.Nano())
	}
	return sum, nil
}

// memory returns the bytes that master and workers take together, each shared
// page counted once (PSS).
func (p *process) memory() (float64, error) {
	pids, err := p.workers()
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, pid := range append(pids, p.cmd.Process.Pid) {
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			return 0, err
		}
		_, pss, _ := strings.Cut(string(content), "\nPss:")
		var kilobytes float64
		if _, err := fmt.Sscan(pss, &kilobytes); err != nil {
			return 0, err
		}
		sum += kilobytes * 1024
	}
	return sum, nil
}

// reloaded tells the server to read its configuration again, and returns how long
// it takes until there is a new worker.
func (p *process) reloaded() (time.Duration, error) {
	before, err := p.workers()
	if err != nil {
		return 0, err
	}
	old := map[int]bool{}
	for _, pid := range before {
		old[pid] = true
	}
	began := time.Now()
	if err := p.cmd.Process.Signal(p.reload); err != nil {
		return 0, err
	}
	for time.Since(began) < 20*time.Second {
		now, err := p.workers()
		if err != nil {
			return 0, err
		}
		for _, pid := range now {
			if !old[pid] {
				return time.Since(began), nil
			}
		}
		time.Sleep(500 * time.Microsecond)
	}
	return 0, errors.New("the server does not follow a reload: " + p.said.String())
}
