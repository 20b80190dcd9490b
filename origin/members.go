package origin

import (
	"container/heap"
	"encoding/binary"
	"slices"
)

// members are the strings that all of some patterns match and none of others.
//
// A byte leads from a set of states of an automaton to a set of states, so those
// are the places of a map, and strings are ways. The map is drawn first, then each
// place learns how far the nearest end is, and then ways are walked, the
// shortest first, so that MaxLength counts exactly.
//
// Whether many patterns together cover another one has no fast answer in the
// worst case, since labels can state the clauses of any formula. So the work is
// bounded by a budget, of which a real policy takes some thousandths.
type members struct {
	*automaton
	required int // how many of the patterns, the first ones, have to match
	budget   *int
	places   []place
	known    map[string]int32
}

// place is a set of states and the ways on from it.
type place struct {
	states []int32
	ways   []way
	depth  int  // bytes read on the shortest way here
	end    bool // what has been read is a member
	rest   int  // bytes to the nearest end; more than MaxLength if there is none
}

type way struct {
	c  byte
	to int32
}

// newMembers returns the strings that all and none of except match. It reports
// false where that would take more than the budget.
func newMembers(all, except []Pattern, budget *int) (*members, bool) {
	m := &members{automaton: newAutomaton(append(all[:len(all):len(all)], except...)), required: len(all), budget: budget, known: map[string]int32{}}
	*budget -= len(m.automaton.states)
	m.place(m.start, 0)
	for i := 0; i < len(m.places); i++ {
		if *budget < 0 {
			return nil, false
		}
		m.explore(int32(i))
	}
	m.measure()
	return m, true
}

// place returns the place of a set of states, or -1 where no way leads to an end.
func (m *members) place(states []int32, depth int) int32 {
	alive, end := m.judge(states)
	if !alive || depth > MaxLength {
		return -1
	}
	key := make([]byte, 0, 4*len(states))
	for _, s := range states {
		key = binary.LittleEndian.AppendUint32(key, uint32(s))
	}
	if i, ok := m.known[string(key)]; ok {
		return i
	}
	i := int32(len(m.places))
	m.known[string(key)] = i
	m.places = append(m.places, place{states: states, depth: depth, end: end, rest: MaxLength + 1})
	return i
}

// judge reports whether there may be a member among what all required patterns
// still match, and whether what has been read is one. States come in the order
// of their patterns.
func (m *members) judge(states []int32) (alive, end bool) {
	first := 0 // of the other patterns
	seen, final, last := 0, 0, int32(-1)
	for ; first < len(states) && m.isRequired(states[first]); first++ {
		s := &m.states[states[first]]
		if s.pattern != last {
			seen, last = seen+1, s.pattern
		}
		if s.final {
			final++
		}
	}
	others := states[first:]
	if seen < m.required || m.required == 1 && m.allCovered(states[:first], others) {
		return false, false
	}
	return true, final == m.required && !slices.ContainsFunc(others, func(i int32) bool { return m.states[i].final })
}

func (m *members) isRequired(state int32) bool { return int(m.states[state].pattern) < m.required }

// allCovered reports whether from each of states the same can be read as from
// one of others. It would come out by going on, and cost a way for each choice.
func (m *members) allCovered(states, others []int32) bool {
	for _, i := range states {
		if !slices.ContainsFunc(others, func(o int32) bool { return m.states[o].tail == m.states[i].tail }) {
			return false
		}
	}
	return true
}

func (m *members) explore(at int32) {
	states, depth := m.places[at].states, m.places[at].depth
	var required []int32
	for _, i := range states {
		if m.isRequired(i) {
			required = append(required, i)
		}
	}
	for _, c := range m.reads(required) {
		*m.budget -= len(states)
		if to := m.place(m.read(nil, states, c), depth+1); to >= 0 {
			m.places[at].ways = append(m.places[at].ways, way{c, to})
		}
	}
}

// measure finds how far each place is from the nearest end.
func (m *members) measure() {
	back := make([][]int32, len(m.places))
	var queue []int32
	for i := range m.places {
		for _, w := range m.places[i].ways {
			back[w.to] = append(back[w.to], int32(i))
		}
		if m.places[i].end {
			m.places[i].rest = 0
			queue = append(queue, int32(i))
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		rest := m.places[queue[0]].rest + 1
		for _, i := range back[queue[0]] {
			if p := &m.places[i]; p.rest > MaxLength && rest <= MaxLength {
				p.rest = rest
				queue = append(queue, i)
			}
		}
	}
}

// find returns up to n members that take accepts, the shortest first. It reports
// false where the budget ends before all ways are walked or n are found.
func (m *members) find(n int, take func(string) bool) (found []string, ok bool) {
	walks := walkers{}
	if len(m.places) > 0 {
		walks.push(m, nil, 0, 0)
	}
	for len(walks.list) > 0 && len(found) < n {
		if *m.budget < 0 {
			return found, false
		}
		w := heap.Pop(&walks).(*walker)
		if w.arrived {
			if text := w.text(); take(text) {
				found = append(found, text)
			}
			continue
		}
		if m.places[w.at].end {
			arrived := *w
			arrived.arrived, arrived.total = true, w.depth
			walks.add(&arrived)
		}
		for _, way := range m.places[w.at].ways {
			*m.budget--
			walks.push(m, w, way.c, way.to)
		}
	}
	return found, len(found) == n || *m.budget >= 0
}

// walker is someone on a way, or at an end of it.
type walker struct {
	from    *walker
	c       byte // read last
	at      int32
	depth   int // bytes read
	total   int // the least length of a member this way
	order   int // of starting, for members of one length
	arrived bool
}

func (w *walker) text() string {
	text := make([]byte, w.depth)
	for ; w.depth > 0; w = w.from {
		text[w.depth-1] = w.c
	}
	return string(text)
}

// walkers is a heap, the one with the shortest way on top.
type walkers struct {
	list  []*walker
	count int
}

// push sets out a walker for a way, unless no end is near enough.
func (ws *walkers) push(m *members, from *walker, c byte, at int32) {
	w := &walker{from: from, c: c, at: at}
	if from != nil {
		w.depth = from.depth + 1
	}
	w.total = w.depth + m.places[at].rest
	if w.total <= MaxLength {
		ws.add(w)
	}
}

func (ws *walkers) add(w *walker) {
	w.order = ws.count
	ws.count++
	heap.Push(ws, w)
}

// Len, Less, Swap, Push and Pop are for package heap.
func (ws *walkers) Len() int      { return len(ws.list) }
func (ws *walkers) Swap(i, j int) { ws.list[i], ws.list[j] = ws.list[j], ws.list[i] }
func (ws *walkers) Push(w any)    { ws.list = append(ws.list, w.(*walker)) }

func (ws *walkers) Less(i, j int) bool {
	a, b := ws.list[i], ws.list[j]
	switch {
	case a.total != b.total:
		return a.total < b.total
	case a.depth != b.depth:
		return a.depth > b.depth // or all of one length would walk abreast
	}
	return a.order < b.order
}

func (ws *walkers) Pop() any {
	last := len(ws.list) - 1
	w := ws.list[last]
	ws.list = ws.list[:last]
	return w
}
