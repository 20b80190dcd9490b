//go:build !linux

package conformance

import "syscall"

func childAttr() *syscall.SysProcAttr { return nil }
