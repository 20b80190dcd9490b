package policy

import "github.com/hashicorp/hcl/v2"

func (l *loader) scan(name string, src []byte, isJSON bool) bool { return true }

func (l *loader) scanTemplate(src []byte, at hcl.Range) bool { return true }

func (l *loader) scanTypeText(expr hcl.Expression) bool { return true }
