package origin

import "slices"

// automaton reads several patterns at once, byte by byte. Each pattern is a chain
// of states in which a byte leads on to the next one or stays. Only "**." leads
// back, since one more label may follow its dot.
type automaton struct {
	states []state
	start  []int32 // the first state of each pattern
	stay   asciiSet
	tails  map[tail]int32
}

type state struct {
	next    asciiSet // what leads on to the state behind this one
	stay    asciiSet // what stays here
	again   int32    // a state that this one also reads like, or -1
	pattern int32    // whose state this is
	final   bool     // what has been read is a member
	tail    int32    // the same for states from which the same is read
}

// tail is what can be read from a state.
type tail struct {
	next, stay asciiSet
	again      bool // which looks alike for every "**."
	final      bool
	behind     int32 // the tail of the state behind
}

// asciiSet is a set of ASCII bytes. No pattern with a wildcard holds others.
type asciiSet [2]uint64

func setOf(text string) (s asciiSet) {
	for _, c := range []byte(text) {
		s[c>>6&1] |= 1 << (c & 63)
	}
	return s
}

func (s asciiSet) has(c byte) bool { return c < 128 && s[c>>6]>>(c&63)&1 == 1 }

// alphabet are the bytes that patterns with a wildcard are made of, in the order
// in which examples try them. The brackets are those of IPv6 addresses.
const alphabet = "abcdefghijklmnopqrstuvwxyz1234567890-_.:/[]"

var (
	digitSet  = setOf("0123456789")
	portStart = setOf("123456789")
	labelSet  = setOf("abcdefghijklmnopqrstuvwxyz0123456789-_")
	wildSets  = [...]asciiSet{Star: labelSet, Digits: digitSet}
)

// newAutomaton returns an automaton that reads all of ps: http and https only.
func newAutomaton(ps []Pattern) *automaton {
	a := &automaton{tails: map[tail]int32{}}
	for _, p := range ps {
		first := len(a.states)
		a.start = append(a.start, int32(first))
		a.text(p.scheme + "://")
		if p.labels == nil {
			a.text(p.host)
		} else {
			a.host(p)
		}
		a.port(p.port)
		a.number(first)
	}
	return a
}

// number numbers the tails of the states from first on.
func (a *automaton) number(first int) {
	behind := int32(-1)
	for i := len(a.states) - 1; i >= first; i-- {
		s := &a.states[i]
		t := tail{s.next, s.stay, s.again >= 0, s.final, behind}
		if _, ok := a.tails[t]; !ok {
			a.tails[t] = int32(len(a.tails))
		}
		s.tail = a.tails[t]
		behind = s.tail
	}
}

func (a *automaton) host(p Pattern) {
	again := int32(-1)
	if p.deep {
		again = int32(len(a.states))
		a.many(labelSet)
		a.text(".")
	}
	for i, l := range p.labels {
		if i > 0 {
			a.text(".")
		}
		first := len(a.states)
		a.text(l.Prefix)
		if l.Wild != None {
			a.many(wildSets[l.Wild])
		}
		a.text(l.Suffix)
		if i == 0 {
			a.states[first].again = again
		}
	}
}

// port adds the port and the end of the pattern.
func (a *automaton) port(port string) {
	if port != "*" {
		if port != "" {
			a.text(":" + port)
		}
		a.add(state{final: true})
		return
	}
	a.add(state{final: true, next: setOf(":")})
	a.add(state{next: portStart})
	for range 4 {
		a.add(state{final: true, next: digitSet})
	}
	a.add(state{final: true})
}

func (a *automaton) text(s string) {
	for i := range len(s) {
		a.add(state{next: setOf(s[i : i+1])})
	}
}

// many adds one or more bytes of a set: the state that is added next stays for
// the rest of them.
func (a *automaton) many(set asciiSet) {
	a.add(state{next: set})
	a.stay = set
}

func (a *automaton) add(s state) {
	s.stay, a.stay = a.stay, asciiSet{}
	s.again, s.pattern = -1, int32(len(a.start)-1)
	a.states = append(a.states, s)
}

// read appends to to, sorted, the states that a byte leads to from any of from.
func (a *automaton) read(to, from []int32, c byte) []int32 {
	for _, i := range from {
		s := &a.states[i]
		if s.stay.has(c) {
			to = append(to, i)
		}
		if s.next.has(c) {
			to = append(to, i+1)
		}
		if s.again >= 0 && a.states[s.again].next.has(c) {
			to = append(to, s.again+1)
		}
	}
	slices.Sort(to)
	return slices.Compact(to)
}

// reads returns the bytes that lead on from any of from, in the order of the
// alphabet.
func (a *automaton) reads(from []int32) []byte {
	var all asciiSet
	for _, i := range from {
		s := &a.states[i]
		all = all.with(s.stay).with(s.next)
		if s.again >= 0 {
			all = all.with(a.states[s.again].next)
		}
	}
	var list []byte
	for _, c := range []byte(alphabet) {
		if all.has(c) {
			list = append(list, c)
		}
	}
	return list
}

func (s asciiSet) with(t asciiSet) asciiSet { return asciiSet{s[0] | t[0], s[1] | t[1]} }
