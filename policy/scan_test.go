package policy

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// nesting is a place where a text, or a sequence in one, begins or ends.
type nesting struct {
	Byte, Depth int
}

// scanned returns where scanner sees texts begin and end.
func scanned(s *scanner) []nesting {
	var all []nesting
	for depth := len(s.texts); s.fault == "" && s.pos < len(s.src); {
		switch t := s.text(); {
		case t == nil || t.kind == sequence:
			s.code()
		case t.kind == quoted:
			s.quoted(t)
		default:
			s.lines(t)
		}
		if len(s.texts) != depth {
			depth = len(s.texts)
			all = append(all, nesting{s.pos, depth})
		}
		if len(s.texts) > maxDepth {
			break
		}
	}
	return all
}

// lexed returns where HCL sees them, and up to which byte it got.
func lexed(tokens hclsyntax.Tokens, depth int) (all []nesting, end int) {
	var braces []int
	for _, t := range tokens {
		before := depth
		switch t.Type {
		case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			depth++
		case hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
			braces = append(braces, 0)
		case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			depth--
		case hclsyntax.TokenOBrace:
			if len(braces) > 0 {
				braces[len(braces)-1]++
			}
		case hclsyntax.TokenCBrace, hclsyntax.TokenTemplateSeqEnd:
			if len(braces) > 0 && braces[len(braces)-1] > 0 {
				braces[len(braces)-1]--
			} else if len(braces) > 0 {
				braces = braces[:len(braces)-1]
				depth--
			}
		case hclsyntax.TokenInvalid:
			if len(t.Bytes) > 4 || t.Range.End.Byte == tokens[len(tokens)-1].Range.Start.Byte {
				return all, t.Range.Start.Byte // it stops at what it cannot read
			}
		case hclsyntax.TokenStringLit:
			if bytes.Contains(bytes.TrimSuffix(t.Bytes, []byte("\r\n")), []byte("\r")) {
				return all, t.Range.Start.Byte // likewise
			}
		}
		if depth != before {
			all = append(all, nesting{t.Range.End.Byte, depth})
		}
		end = t.Range.End.Byte
	}
	return all, end
}

func upTo(all []nesting, end int) []nesting {
	var some []nesting
	for _, n := range all {
		if n.Byte < end {
			some = append(some, n)
		}
	}
	return some
}

// FuzzScan checks that the scanner agrees with HCL's about where texts begin
// and end, and counts no fewer tokens.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		"a = \"x${b}y\"\n", "a = <<E\nx ${b}\n E \n", "a=<<-E\r\n$E\nE\r\n\n", "a = \"\\\"$${x}%%{y}%{if a}b%{endif~}\"",
		"# \"\n// \"\n/* \" */\n/* \"", "a = {b=\"${{c=1}}\"}", "<<A\n<<B\nA\n", "1a2.3e+4", "é = \"é\"", "\"\\é\\\n\"", "\"$\"\n\"%\"\n\"$", "<<é\né\n",
		"}\n}\"${}}\"", "\"${\"${\"a\"}\"}\"", "<<A\n$\nA\n", "<<A\n${x}A\nA\n", "<<A\n%A\nA\n", "\"$${~ x\"", "\"${~ x ~}\"", "a\r\"\r\"", "\r", "<<A\na\rA\nA\n",
		"a=<<-" + strings.Repeat("V", 3900) + "\x1aV\n\nV\n", "a=<<A-\nx\nA-\n",
	} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, src string, template bool) {
		if !utf8.ValidString(src) || strings.HasPrefix(src, "\ufeff") || len(src) > 10_000 {
			t.Skip()
		}
		s := &scanner{src: []byte(src)}
		lex, depth := hclsyntax.LexConfig, 0
		if template {
			lex, depth = hclsyntax.LexTemplate, 1
			s.texts = []text{{kind: bare}}
			s.open(bare)
		}
		tokens, _ := lex(bytes.Clone(s.src), "", hcl.InitialPos)
		got := scanned(s)
		want, end := lexed(tokens, depth)
		if s.fault != "" {
			end = min(end, s.faultPos)
		}
		if diff := cmp.Diff(upTo(want, end), upTo(got, end)); diff != "" {
			t.Errorf("%q: (-HCL +scan)\n%s", src, diff)
		}
		if s.fault == "" && s.tokens+2 < len(tokens) {
			t.Errorf("%q: %d tokens, HCL has %d", src, s.tokens, len(tokens))
		}
	})
}
