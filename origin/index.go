package origin

// index finds patterns that may meet another one by the end of their hosts:
// scheme and last label, and the label before it where that is literal. Wildcards
// stand further left but for names such as *.localhost.
type index struct {
	whole map[string][]int32 // all, by scheme and last label
	loose map[string][]int32 // those of them without a literal label before it
	two   map[string][]int32 // the others, by both labels
}

func newIndex(ps []Pattern) *index {
	x := &index{map[string][]int32{}, map[string][]int32{}, map[string][]int32{}}
	for i, p := range ps {
		if p.text == "" {
			continue
		}
		one, two := p.tails()
		x.whole[one] = append(x.whole[one], int32(i))
		if two == "" {
			x.loose[one] = append(x.loose[one], int32(i))
		} else {
			x.two[two] = append(x.two[two], int32(i))
		}
	}
	return x
}

// candidates returns the indices of patterns, among them all that meet p.
func (x *index) candidates(p Pattern) []int32 {
	one, two := p.tails()
	if two == "" {
		return x.whole[one]
	}
	return append(x.loose[one][:len(x.loose[one]):len(x.loose[one])], x.two[two]...)
}

// tails returns scheme and last label, and scheme and the last two labels where
// these are literal. A host without labels counts as one.
func (p Pattern) tails() (one, two string) {
	n := len(p.labels)
	if n == 0 {
		return p.scheme + "://" + p.host, ""
	}
	one = p.scheme + "://" + p.labels[n-1].Prefix
	if n > 1 && p.labels[n-2].Wild == None {
		two = one + "." + p.labels[n-2].Prefix
	}
	return one, two
}
