package policy

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// listFunctions returns the functions of cty's standard library that are used
// on long lists. They do the same, but leave elements and their marks as they
// are, and take linear time: cty's compare each element, or its type, with all
// others.
func (ev *evaluator) listFunctions() map[string]function.Function {
	return map[string]function.Function{
		"concat":   ev.onLists(nil, &anyParam, concat),
		"contains": ev.onLists([]function.Parameter{anyParam, anyParam}, nil, contains),
		"distinct": ev.onLists([]function.Parameter{anyParam}, nil, distinct),
		"flatten":  ev.onLists([]function.Parameter{anyParam}, nil, flatten),
		"length":   ev.onLists([]function.Parameter{anyParam}, nil, length),
	}
}

// anyParam is a parameter for any known value.
var anyParam = function.Parameter{Name: "list", Type: cty.DynamicPseudoType, AllowMarked: true}

// onLists returns a function that pays for the elements of its arguments.
func (ev *evaluator) onLists(params []function.Parameter, rest *function.Parameter, f func([]cty.Value) (cty.Value, error)) function.Function {
	return function.New(&function.Spec{
		Params: params, VarParam: rest, Type: anyType,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			n := 0
			for _, a := range args {
				if !a.IsMarked() && a.CanIterateElements() {
					n += 2 * a.LengthInt()
				}
			}
			if err := ev.pay(n, nil, nil); err != nil {
				return cty.NilVal, err
			}
			return f(args)
		},
	})
}

// listArg reports an argument that is not a list.
func listArg(args []cty.Value, i int) error {
	if v, _ := leaf(args[i]); !isList(v.Type()) {
		return function.NewArgErrorf(i, "it is %s, not a list", describe(v))
	}
	return nil
}

func concat(args []cty.Value) (cty.Value, error) {
	var all []cty.Value
	for i, a := range args {
		if err := listArg(args, i); err != nil {
			return cty.NilVal, err
		}
		all = append(all, a.AsValueSlice()...)
	}
	return cty.TupleVal(all), nil
}

func flatten(args []cty.Value) (cty.Value, error) {
	if err := listArg(args, 0); err != nil {
		return cty.NilVal, err
	}
	var all []cty.Value
	known := true
	var add func(v cty.Value)
	add = func(v cty.Value) {
		for _, e := range v.AsValueSlice() {
			switch bare, _ := leaf(e); {
			case bare.IsNull():
				all = append(all, e)
			case isList(e.Type()) && e.IsKnown():
				add(e)
			default:
				known = known && e.Type() != cty.DynamicPseudoType
				all = append(all, e)
			}
		}
	}
	add(args[0])
	if !known { // an element that is not known may be a list
		return cty.DynamicVal, nil
	}
	return cty.TupleVal(all), nil
}

func length(args []cty.Value) (cty.Value, error) {
	v, _ := leaf(args[0])
	if !isList(v.Type()) && !isObject(v.Type()) {
		return cty.NilVal, function.NewArgErrorf(0, "it is %s, not a list or an object", describe(v))
	}
	return cty.NumberIntVal(int64(v.LengthInt())), nil
}

// distinct drops the elements that are equal to one before. Those that are not
// known stay.
func distinct(args []cty.Value) (cty.Value, error) {
	if err := listArg(args, 0); err != nil {
		return cty.NilVal, err
	}
	var kept []cty.Value
	seen := map[string]bool{}
	for _, e := range args[0].AsValueSlice() {
		bare, _ := leaf(e)
		if !bare.IsNull() && bare.IsKnown() {
			key, ok := textOf(bare)
			if !ok {
				return cty.NilVal, function.NewArgErrorf(0, "the elements are not strings, numbers or bools")
			}
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		kept = append(kept, e)
	}
	return cty.TupleVal(kept), nil
}

// textOf returns a simple value as a text that tells it from others.
func textOf(v cty.Value) (string, bool) {
	switch v.Type() {
	case cty.String:
		return "string " + v.AsString(), true
	case cty.Number:
		return "number " + v.AsBigFloat().Text('g', -1), true
	case cty.Bool:
		return fmt.Sprint("bool ", v.True()), true
	}
	return "", false
}

func contains(args []cty.Value) (cty.Value, error) {
	if err := listArg(args, 0); err != nil {
		return cty.NilVal, err
	}
	want, _ := leaf(args[1])
	if !want.Type().IsPrimitiveType() {
		return cty.NilVal, function.NewArgErrorf(1, "it is %s, not a string, a number or a bool", describe(want))
	}
	result := cty.False
	for it := args[0].ElementIterator(); it.Next(); {
		_, e := it.Element()
		switch bare, _ := leaf(e); {
		case !bare.IsKnown():
			result = cty.UnknownVal(cty.Bool)
		case bare.RawEquals(want):
			return cty.True, nil
		}
	}
	return result, nil
}
