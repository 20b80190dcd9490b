package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// standard is a function of cty's standard library.
type standard struct {
	function.Function
	// textFrom is the argument that gives a new text its place, or -1 for the
	// call's own.
	textFrom int
	// check refuses arguments that would cost too much; nil if the result is no
	// larger than they are.
	check func(args []cty.Value) error
}

// standardFunctions returns the functions that expressions may call. None reads
// the clock, the network or the process.
func (ev *evaluator) standardFunctions() map[string]function.Function {
	bounded := ev.listFunctions()
	for name, f := range map[string]standard{
		"format":     {stdlib.FormatFunc, -1, checkFormat},
		"join":       {stdlib.JoinFunc, -1, checkJoin},
		"keys":       {stdlib.KeysFunc, -1, nil},
		"lookup":     {stdlib.LookupFunc, -1, nil},
		"lower":      {stdlib.LowerFunc, 0, nil},
		"merge":      {stdlib.MergeFunc, -1, nil},
		"replace":    {stdlib.ReplaceFunc, 0, checkReplace},
		"sort":       {stdlib.SortFunc, -1, nil},
		"split":      {stdlib.SplitFunc, 1, nil},
		"trimspace":  {stdlib.TrimSpaceFunc, 0, nil},
		"trimsuffix": {stdlib.TrimSuffixFunc, 0, nil},
		"values":     {stdlib.ValuesFunc, -1, nil},
	} {
		bounded[name] = ev.bounded(f)
	}
	return bounded
}

// bounded returns f with its cost bounded, and with the places of texts kept: a
// text in the result has the place that it has in the arguments. cty would give
// every element the places of all.
func (ev *evaluator) bounded(f standard) function.Function {
	spec := &function.Spec{Type: anyType, Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		bare := make([]cty.Value, len(args))
		spots := spotter{marked: map[string][]cty.Value{}}
		for i, a := range args {
			before := spots.count
			bare[i] = spots.take(a)
			if err := ev.pay(4*(spots.count-before), nil, nil); err != nil {
				return cty.NilVal, err
			}
		}
		if err := stringLists(bare, f.Function); err != nil {
			return cty.NilVal, err
		}
		if f.textFrom >= 0 {
			_, spots.other = args[f.textFrom].Unmark()
		}
		if err := ev.pay(0, f.check, bare); err != nil {
			return cty.NilVal, err
		}
		v, err := f.Call(bare)
		if err != nil {
			return cty.NilVal, err
		}
		v = spots.give(v)
		return v, ev.pay(4*spots.made, nil, nil)
	}}
	spec.Params = allowMarked(f.Params())
	if p := f.VarParam(); p != nil {
		spec.VarParam = &allowMarked([]function.Parameter{*p})[0]
	}
	return function.New(spec)
}

// pay takes n steps and runs a check. cty turns a panic in a function into an
// error with a stack trace in it, so the guard of the call gets the stop.
func (ev *evaluator) pay(n int, check func([]cty.Value) error, args []cty.Value) error {
	if ev.steps < n {
		n = ev.steps + 1
	}
	if ev.steps -= n; ev.steps < 0 {
		return errors.New("the policy is too expensive to evaluate")
	}
	if check == nil {
		return nil
	}
	for _, a := range args {
		if !a.IsWhollyKnown() {
			return nil
		}
	}
	return check(args)
}

// stringLists makes lists of strings of the literal lists in args that f takes
// as such. HCL would compare the type of each element with all others, and
// convert numbers to strings.
func stringLists(args []cty.Value, f function.Function) error {
	for i, a := range args {
		if paramType(f, i) != cty.List(cty.String) || !a.IsWhollyKnown() {
			continue
		}
		if !isList(a.Type()) {
			return function.NewArgErrorf(i, "it is %s, not a list of strings", describe(a))
		}
		list := a.AsValueSlice()
		for _, e := range list {
			if !isText(e) {
				return function.NewArgErrorf(i, "an element is %s, not a string", describe(e))
			}
		}
		args[i] = cty.ListValEmpty(cty.String)
		if len(list) > 0 {
			args[i] = cty.ListVal(list)
		}
	}
	return nil
}

func paramType(f function.Function, i int) cty.Type {
	if params := f.Params(); i < len(params) {
		return params[i].Type
	}
	return f.VarParam().Type
}

// anyType is the result type of functions whose values tell it.
func anyType([]cty.Value) (cty.Type, error) { return cty.DynamicPseudoType, nil }

// allowMarked returns params that take marks and literal lists, which are
// handled here.
func allowMarked(params []function.Parameter) []function.Parameter {
	marked := append([]function.Parameter(nil), params...)
	for i := range marked {
		marked[i].AllowMarked = true
		if marked[i].Type == cty.List(cty.String) { // see stringLists
			marked[i].Type = cty.DynamicPseudoType
		}
	}
	return marked
}

// spotter carries places past a function. The n-th time that a text is in the
// arguments has the place of the n-th time that it is in the result.
type spotter struct {
	marked map[string][]cty.Value // by their text
	other  cty.ValueMarks         // for texts that are not in the arguments
	count  int                    // of the values taken
	made   int                    // of the values marked
}

// take returns v without marks.
func (s *spotter) take(v cty.Value) cty.Value {
	s.count++
	if v.IsMarked() {
		bare, _ := v.Unmark()
		if isText(bare) {
			s.marked[bare.AsString()] = append(s.marked[bare.AsString()], v)
		}
		return bare
	}
	return eachElement(v, s.take)
}

// give returns v with the marks that take has seen.
func (s *spotter) give(v cty.Value) cty.Value {
	if !isText(v) {
		return eachElement(v, s.give)
	}
	switch marked := s.marked[v.AsString()]; len(marked) {
	case 0:
		s.made += len(s.other)
		return v.WithMarks(s.other)
	case 1:
		return marked[0]
	default:
		s.marked[v.AsString()] = marked[1:]
		return marked[0]
	}
}

// isText reports whether v is a string that can be looked at.
func isText(v cty.Value) bool { return v.Type() == cty.String && v.IsKnown() && !v.IsNull() }

// strip returns v without marks.
func strip(v cty.Value) cty.Value {
	v, _ = leaf(v)
	return eachElement(v, strip)
}

// eachElement returns v with f applied to its elements; f keeps their types.
func eachElement(v cty.Value, f func(cty.Value) cty.Value) cty.Value {
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() || v.LengthInt() == 0 {
		return v
	}
	switch ty := v.Type(); {
	case ty.IsObjectType():
		return cty.ObjectVal(eachInMap(v, f))
	case ty.IsMapType():
		return cty.MapVal(eachInMap(v, f))
	case ty.IsTupleType():
		return cty.TupleVal(eachInList(v, f))
	case ty.IsListType():
		return cty.ListVal(eachInList(v, f))
	default:
		return v // a set, which no function here makes
	}
}

func eachInMap(v cty.Value, f func(cty.Value) cty.Value) map[string]cty.Value {
	m := v.AsValueMap()
	for k, e := range m {
		m[k] = f(e)
	}
	return m
}

func eachInList(v cty.Value, f func(cty.Value) cty.Value) []cty.Value {
	list := v.AsValueSlice()
	for i, e := range list {
		list[i] = f(e)
	}
	return list
}

// checkFormat refuses widths and precisions, which fill the memory, and explicit
// argument numbers, which repeat an argument without end.
func checkFormat(args []cty.Value) error {
	format := args[0].AsString()
	for i := strings.IndexByte(format, '%'); i >= 0; i = strings.IndexByte(format, '%') {
		format = strings.TrimLeft(format[i+1:], "+-# ")
		if format == "" {
			break
		}
		if strings.ContainsRune("0123456789.*[", rune(format[0])) {
			return function.NewArgErrorf(0, "a verb has no width, precision or argument number here; write %%s, %%d or %%v")
		}
		format = format[1:]
	}
	return checkText(textSize(args...))
}

func checkJoin(args []cty.Value) error {
	n := 0
	for _, list := range args[1:] {
		n += textSize(list) + len(args[0].AsString())*list.LengthInt()
	}
	return checkText(n)
}

func checkReplace(args []cty.Value) error {
	s, from, to := args[0].AsString(), args[1].AsString(), args[2].AsString()
	return checkText(len(s) + strings.Count(s, from)*len(to))
}

// checkText refuses to make a text of n bytes if that is too much.
func checkText(n int) error {
	if n > maxString {
		return fmt.Errorf("a string has at most %d KiB, this would have %d", maxString>>10, n>>10)
	}
	return nil
}

// textSize returns the bytes of all texts in values.
func textSize(values ...cty.Value) int {
	n := 0
	var add func(cty.Value) cty.Value
	add = func(v cty.Value) cty.Value {
		if isText(v) {
			n += len(v.AsString())
		}
		return eachElement(v, add)
	}
	for _, v := range values {
		add(v)
	}
	return n
}
