package s3

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"s3layout/lister"
)

// open reads the first page, and settles what the target is: the root that all keys start with. It finds the bucket's
// region, too.
//
// Where the target has no slash at its end, the page is asked for without one: if it holds everything that starts so,
// as it does for small targets, it shows siblings and the object of that name at no further cost.
func (s *Source) open(ctx context.Context) (root string, first *page, err error) {
	prefix := s.target.Prefix
	s.single = false
	if s.serial = strings.HasSuffix(s.target.Bucket, "--x-s3"); s.serial && prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/" // a directory bucket takes no other
	}
	first, err = s.openPage(ctx, prefix)
	if statusOf(err) == http.StatusForbidden && prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/" // policies that allow a directory rarely allow the names that start like it
		first, err = s.openPage(ctx, prefix)
	}
	if err != nil || prefix == "" || strings.HasSuffix(prefix, "/") {
		return prefix, first, err
	}
	root = prefix + "/"
	siblings, object := s.split(first, root)
	if first.truncated {
		siblings = append(siblings, s.siblingAfter(ctx, root)...)
		s.recycle(first)
		if first, err = s.openPage(ctx, root); err != nil {
			return root, nil, err
		}
	}
	isObject := object != nil && len(first.objects) == 0 && !first.truncated
	if len(siblings) > 0 && !isObject {
		s.warn("sibling_prefix", fmt.Sprintf("the target is the directory %q; %q starts with the same letters and is not counted", root, siblings[0]))
	}
	switch {
	case object == nil:
		return root, first, nil
	case !isObject:
		s.warn("object_beside", fmt.Sprintf("there is an object %q beside the directory; it is not counted", prefix))
		return root, first, nil
	}
	s.single = true
	s.warn("target_is_object", fmt.Sprintf("%q is an object, not a directory", prefix))
	first.objects = append(first.objects, *object)
	return prefix[:strings.LastIndexByte(prefix, '/')+1], first, nil
}

// split leaves on the page what lies below root, and returns what does not: other names that start the same, and the
// object called as the directory.
func (s *Source) split(p *page, root string) (siblings []string, object *lister.Object) {
	kept := p.objects[:0]
	for _, o := range p.objects {
		switch {
		case strings.HasPrefix(o.Key, root):
			kept = append(kept, o)
		case o.Key+"/" == root:
			object = &o
		case len(siblings) == 0:
			siblings = append(siblings, o.Key)
		}
	}
	p.objects = kept
	return siblings, object
}

// siblingAfter looks for a name that starts like root without its slash and sorts after it. It is only for a warning,
// so that a failure is none.
func (s *Source) siblingAfter(ctx context.Context, root string) []string {
	p, err := s.fetch(ctx, request{prefix: root[:len(root)-1], after: root + "\U0010ffff", maxKeys: 1, ordered: !s.serial})
	if err != nil || len(p.objects) == 0 || strings.HasPrefix(p.objects[0].Key, root) {
		return nil
	}
	return []string{strings.Clone(p.objects[0].Key)}
}

// openPage reads a first page. An answer that names another region is followed once; keys out of order show a bucket
// that must be read page by page.
func (s *Source) openPage(ctx context.Context, prefix string) (*page, error) {
	p, err := s.fetch(ctx, request{prefix: prefix, ordered: !s.serial})
	if region := bucketRegion(err); region != "" && region != s.region {
		s.notice(fmt.Sprintf("bucket %q is in %s: asking there", s.target.Bucket, region))
		s.region = region
		p, err = s.fetch(ctx, request{prefix: prefix, ordered: !s.serial})
	}
	if err == errOrder && !s.serial {
		s.serial = true
		s.warn("unordered", "the server does not sort keys: listed page by page, one request at a time")
		p, err = s.fetch(ctx, request{prefix: prefix})
	}
	if err != nil {
		return nil, err
	}
	return s.passEmpty(ctx, prefix, p)
}

// passEmpty follows continuation tokens to the first page that has a key.
func (s *Source) passEmpty(ctx context.Context, prefix string, p *page) (*page, error) {
	var tokens tokens
	for len(p.objects) == 0 && p.truncated { // and then it has a token
		token := p.token
		s.recycle(p)
		err := tokens.add(token)
		if err == nil {
			p, err = s.fetch(ctx, request{prefix: prefix, token: token, ordered: !s.serial})
		}
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (s *Source) notice(line string) {
	if s.opts.Notice != nil {
		s.opts.Notice(line)
	}
}

// bucketRegion returns the region that an answer says the bucket is in, where that is why it failed.
func bucketRegion(err error) string {
	switch statusOf(err) {
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	case http.StatusBadRequest:
		if code := codeOf(err); code != "AuthorizationHeaderMalformed" && code != "IllegalLocationConstraintException" && code != "BadRequest" {
			return ""
		}
	default:
		return ""
	}
	if region := headerOf(err, "x-amz-bucket-region"); isRegion(region) {
		return region
	}
	return ""
}

// isRegion reports whether a text may be the name of a region, or is empty: it becomes a part of a host's name.
func isRegion(name string) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return len(name) <= 32
}
