package policy

import "github.com/corsgen/corsgen/diag"

// dropSharedFixes takes the fix from findings about a text of which entries of
// lists are made that read otherwise, as the text of a local may be both an entry
// and a part of one: what mends the one would break the other.
func (l *loader) dropSharedFixes() {
	texts := map[diag.Range]string{} // by the place of a fix
	shared := map[diag.Range]bool{}
	for _, d := range l.diags {
		if d.Fix == nil {
			continue
		}
		if text, ok := texts[d.Range]; ok && text != d.Fix.Old {
			shared[d.Range] = true
		}
		texts[d.Range] = d.Fix.Old
	}
	if len(texts) == 0 {
		return
	}
	for _, list := range l.program.OriginLists() {
		for _, o := range list.Value {
			if text, ok := texts[o.Range]; ok && text != o.Pattern.String() {
				shared[o.Range] = true
			}
		}
	}
	for i := range l.diags {
		if shared[l.diags[i].Range] {
			l.diags[i].Fix = nil
		}
	}
}
