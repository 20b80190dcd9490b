package policy

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// evaluator evaluates the expressions of one program. It is not safe for
// concurrent use.
//
// HCL's own evaluator does the work, on a syntax tree in which each node is
// wrapped in a guard (see guard.go). The guards bound what an evaluation may
// cost, and keep track of the places that texts come from.
type evaluator struct {
	l         *loader
	values    map[string]cty.Value // of "var.NAME", "local.NAME" and "origins.NAME"
	functions map[string]function.Function
	steps     int   // left to spend; a step is some 100 ns and 50 bytes
	stopped   *stop // set where a panic cannot pass, see function.go
	spent     bool  // the steps are used up, and that is reported
}

// stop is the panic that ends an evaluation at a limit. It never leaves run.
type stop struct {
	at              hcl.Range
	summary, detail string
}

func newEvaluator(l *loader) *evaluator {
	ev := &evaluator{l: l, values: map[string]cty.Value{}, steps: maxSteps}
	ev.functions = ev.standardFunctions()
	return ev
}

// run evaluates x and reports what goes wrong. Parts of the value that have
// been reported, here or where they come from, are unknown.
func (ev *evaluator) run(x *expression) (v cty.Value) {
	if ev.spent {
		return cty.DynamicVal
	}
	defer func() {
		if p := recover(); p != nil {
			s, ok := p.(*stop)
			if !ok {
				panic(p)
			}
			v = cty.DynamicVal
			ev.stopped = nil
			ev.l.fail(codeLimit, s.at, s.summary, s.detail)
		}
	}()
	v, diags := x.root.Value(&hcl.EvalContext{Functions: ev.functions})
	ev.l.addHCL(codeEvaluation, x.at, diags)
	return v
}

// evaluate compiles and runs an expression.
func (ev *evaluator) evaluate(expr hcl.Expression) cty.Value {
	return ev.run(ev.compile(expr))
}

// spend takes n steps, and stops the evaluation when there are none left.
func (ev *evaluator) spend(n int, at hcl.Range) {
	if ev.stopped != nil {
		panic(ev.stopped)
	}
	if ev.steps -= n; ev.steps < 0 {
		ev.spent = true
		panic(&stop{at, "The policy is too expensive to evaluate", "Loops over loops, and many copies of long lists, add up. Write the lists out, or make them shorter."})
	}
}

// measure returns the size of v in steps, and stops the evaluation if v is
// larger than any value may be.
func (ev *evaluator) measure(v cty.Value, at hcl.Range) int {
	n, err := sizeOf(v)
	if err != nil {
		panic(&stop{at, "A value is too large", capital(err.Error()) + "."})
	}
	return n
}

// sizeOf returns the size of v in steps, or an error that says which limit it
// breaks. Marked elements have been through here before.
func sizeOf(v cty.Value) (int, error) {
	v, _ = leaf(v)
	return sizeAt(v, 0, 0)
}

func sizeAt(v cty.Value, depth, total int) (int, error) {
	total++
	if v.IsMarked() || v.IsNull() || !v.IsKnown() {
		return total, nil
	}
	switch ty := v.Type(); {
	case ty == cty.String:
		n := len(v.AsString())
		if n > maxString {
			return 0, fmt.Errorf("a string has at most %d KiB, this has %d", maxString>>10, n>>10)
		}
		return total + n/128, nil
	case ty == cty.Number:
		return total, checkNumber(v)
	case v.CanIterateElements():
		return sizeOfElements(v, depth, total)
	}
	return total, nil
}

func sizeOfElements(v cty.Value, depth, total int) (int, error) {
	if depth == maxValueDepth {
		return 0, fmt.Errorf("lists and objects nest at most %d deep", maxValueDepth)
	}
	if n := v.LengthInt(); n > maxList {
		return 0, fmt.Errorf("a list has at most %d elements, this has %d", maxList, n)
	}
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		var err error
		if total, err = sizeAt(e, depth+1, total); err != nil {
			return 0, err
		}
		if total > maxValueSize {
			return 0, fmt.Errorf("a list of lists has at most %d elements in all", maxValueSize)
		}
	}
	return total, nil
}

// checkNumber refuses numbers whose digits would fill the memory.
func checkNumber(v cty.Value) error {
	f := v.AsBigFloat()
	if f.IsInf() {
		return errors.New("a division by zero has no end")
	}
	if exp := f.MantExp(nil); exp > maxNumberBits || exp < -maxNumberBits {
		return fmt.Errorf("a number is at most 2^%d, and not nearer to 0 than 2^-%d", maxNumberBits, maxNumberBits)
	}
	return nil
}
