package onnxio

import (
	"fmt"
	"math"
	"slices"
)

// imageOps resample images [N, C, spatial...] and their regions.
var imageOps = []operator{
	{"", "AffineGrid", 20, "theta size -> grid", "align_corners:int", affineGrid},
	{"", "Col2Im", 18, "input image_shape block_shape -> output", "dilations:ints pads:ints strides:ints", col2Im},
	{"", "DepthToSpace", 1, "input -> output", "blocksize:int!", depthToSpace},
	{"", "DepthToSpace", 11, "input -> output", "blocksize:int! mode:string", depthToSpace},
	{"", "GridSample", 16, "X grid -> Y", "align_corners:int mode:string padding_mode:string", gridSample},
	{"", "ImageDecoder", 20, "encoded_stream -> image", "pixel_format:string", nil},
	{"", "MaxRoiPool", 1, "X rois -> Y", "pooled_shape:ints! spatial_scale:float", maxRoiPool},
	{"", "NonMaxSuppression", 10, "boxes scores max_output_boxes_per_class? iou_threshold? score_threshold? -> selected_indices", "center_point_box:int", nonMaxSuppression},
	{"", "Resize", 10, "X scales -> Y", "mode:string", resize},
	{"", "Resize", 11, "X roi scales sizes? -> Y", "coordinate_transformation_mode:string cubic_coeff_a:float exclude_outside:int extrapolation_value:float mode:string nearest_mode:string", resize},
	{"", "Resize", 13, "X roi? scales? sizes? -> Y", "coordinate_transformation_mode:string cubic_coeff_a:float exclude_outside:int extrapolation_value:float mode:string nearest_mode:string", resize},
	{"", "Resize", 18, "X roi? scales? sizes? -> Y", "antialias:int axes:ints coordinate_transformation_mode:string cubic_coeff_a:float exclude_outside:int extrapolation_value:float keep_aspect_ratio_policy:string mode:string nearest_mode:string", resize},
	{"", "RoiAlign", 10, "X rois batch_indices -> Y", "mode:string output_height:int output_width:int sampling_ratio:int spatial_scale:float", roiAlign},
	{"", "RoiAlign", 16, "X rois batch_indices -> Y", "coordinate_transformation_mode:string mode:string output_height:int output_width:int sampling_ratio:int spatial_scale:float", roiAlign},
	{"", "SpaceToDepth", 1, "input -> output", "blocksize:int!", spaceToDepth},
	{"", "Upsample", 1, "X -> Y", "height_scale:float! mode:string width_scale:float!", nil},
	{"", "Upsample", 7, "X -> Y", "mode:string scales:floats!", upsampleAttribute},
	{"", "Upsample", 9, "X scales -> Y", "mode:string", resize},
}

// affineGrid: maps [N, D, D+1] and a size [N, C, sizes...] give [N, sizes..., D].
func affineGrid(c *call) error {
	size, err := c.shapeFrom(1)
	if err != nil {
		return err
	}
	if size == nil {
		c.set(0, c.typ(0), nil)
		return nil
	}
	d := int64(len(size) - 2)
	theta := c.shape(0)
	if d != 2 && d != 3 || theta != nil && (len(theta) != 3 || theta[1].Known() && theta[1].Size != d || theta[2].Known() && theta[2].Size != d+1) {
		return fmt.Errorf("maps %v do not suit images of size %v", theta, size)
	}
	out := append(Shape{size[0]}, size[2:]...)
	c.set(0, c.typ(0), append(out, Dim{Size: d}))
	return nil
}

// col2Im: blocks [N, C·elements, blocks] give images [N, C, sizes...].
func col2Im(c *call) error {
	x := c.shape(0)
	if x != nil && len(x) != 3 {
		return fmt.Errorf("input has shape %v, need rank 3", x)
	}
	image, err := c.shapeFrom(1)
	if err != nil {
		return err
	}
	if image == nil {
		c.set(0, c.typ(0), nil)
		return nil
	}
	out := append(unknownShape(2), image...)
	if x != nil {
		out[0] = x[0]
		block, ok := c.ints(2)
		if ok {
			if err := c.countBlocks(block, image, x[2]); err != nil {
				return err
			}
		}
		elements := int64(1)
		for _, n := range block {
			if n < 1 || n > maxExtent {
				return fmt.Errorf("blocks are %v", block)
			}
			elements = min(elements*n, maxExtent)
		}
		if ok && x[1].Known() {
			if x[1].Size%elements != 0 {
				return fmt.Errorf("%v channels do not divide into blocks of %d elements", x[1], elements)
			}
			out[1] = Dim{Size: x[1].Size / elements}
		}
	}
	c.set(0, c.typ(0), out)
	return nil
}

// countBlocks verifies that an image has as many places for blocks as there are
// blocks.
func (c *call) countBlocks(block []int64, image Shape, blocks Dim) error {
	win, err := c.window(block)
	if err != nil {
		return err
	}
	if len(image) != len(block) {
		return fmt.Errorf("blocks are %v, but images are %v", block, image)
	}
	places := integer(1)
	for i, d := range image {
		n, err := win.out(i, d)
		if err != nil {
			return err
		}
		places = places.mul(n.number())
	}
	if n, ok := places.value(); ok && blocks.Known() && n != blocks.Size {
		return fmt.Errorf("%v blocks, but the image has %d places for them", blocks, n)
	}
	return nil
}

func depthToSpace(c *call) error {
	b, x, err := c.blocks()
	if err != nil || x == nil {
		return err
	}
	channels := x[1].number().div(integer(b * b))
	if x[1].Known() && x[1].Size%(b*b) != 0 {
		return fmt.Errorf("%v channels do not divide into blocks of %d", x[1], b)
	}
	c.set(0, c.typ(0), Shape{x[0], channels.dim(), x[2].number().mul(integer(b)).dim(), x[3].number().mul(integer(b)).dim()})
	return nil
}

func spaceToDepth(c *call) error {
	b, x, err := c.blocks()
	if err != nil || x == nil {
		return err
	}
	for _, d := range x[2:] {
		if d.Known() && d.Size%b != 0 {
			return fmt.Errorf("size %v does not divide into blocks of %d", d, b)
		}
	}
	c.set(0, c.typ(0), Shape{x[0], x[1].number().mul(integer(b * b)).dim(), x[2].number().div(integer(b)).dim(), x[3].number().div(integer(b)).dim()})
	return nil
}

// blocks returns the block size and the shape of the input, which must have
// rank 4, or nil if it is unknown.
func (c *call) blocks() (int64, Shape, error) {
	b, x := c.node.IntOr("blocksize", 0), c.shape(0)
	if b < 1 || b > 1<<15 {
		return 0, nil, fmt.Errorf("attribute blocksize is %d", b)
	}
	if x != nil && len(x) != 4 {
		return 0, nil, fmt.Errorf("input has shape %v, need rank 4", x)
	}
	c.set(0, c.typ(0), nil)
	return b, x, nil
}

// gridSample: input [N,C,...], grid [N,...,spatial rank].
func gridSample(c *call) error {
	x, grid := c.shape(0), c.shape(1)
	if x == nil || grid == nil {
		c.set(0, c.typ(0), nil)
		return nil
	}
	if len(x) != len(grid) || len(x) < 3 {
		return fmt.Errorf("input %v and grid %v must have one rank, at least 3", x, grid)
	}
	if last := grid[len(grid)-1]; last.Known() && last.Size != int64(len(x)-2) {
		return fmt.Errorf("grid %v has places of %v numbers in an image of %d dimensions", grid, last, len(x)-2)
	}
	c.set(0, c.typ(0), append(Shape{x[0], x[1]}, grid[1:len(grid)-1]...))
	return nil
}

func maxRoiPool(c *call) error {
	return c.regions(c.node.IntsOr("pooled_shape", nil))
}

func roiAlign(c *call) error {
	return c.regions([]int64{c.node.IntOr("output_height", 1), c.node.IntOr("output_width", 1)})
}

// regions: input [N,C,H,W], rois [R,...] give [R,C,size...].
func (c *call) regions(size []int64) error {
	if len(size) != 2 || size[0] < 1 || size[1] < 1 {
		return fmt.Errorf("output size is %v", size)
	}
	out := append(unknownShape(2), Static(size...)...)
	if x := c.shape(0); len(x) == 4 {
		out[1] = x[1]
	}
	if rois := c.shape(1); len(rois) == 2 {
		out[0] = rois[0]
	}
	c.set(0, c.typ(0), out)
	return nil
}

func nonMaxSuppression(c *call) error {
	c.set(0, Int64, Shape{{Size: -1}, {Size: 3}})
	return nil
}

// resize: sizes or scales, of all dimensions or of the attribute axes.
func resize(c *call) error {
	if err := c.checkResizeInputs(); err != nil {
		return err
	}
	x := c.shape(0)
	if x == nil {
		c.set(0, c.typ(0), nil)
		return nil
	}
	scales, sizes := 2, 3
	if c.node.Op == "Upsample" || c.opset < 11 {
		scales, sizes = 1, -1
	}
	along := make([]int, len(x))
	for i := range along {
		along[i] = i
	}
	if list := c.node.IntsOr("axes", nil); list != nil {
		along = along[:0]
		for _, a := range list {
			i, err := axis(a, len(x))
			if err != nil {
				return err
			}
			along = append(along, i)
		}
	}
	for _, i := range []int{scales, sizes} {
		if err := c.wantList(i); err != nil {
			return err
		}
		n := c.shape(i)
		if len(n) == 1 && n[0].Known() && n[0].Size != int64(len(along)) && (n[0].Size != 0 || !c.has(sizes)) {
			return fmt.Errorf("input %d has %d elements for %d dimensions", i, n[0].Size, len(along))
		}
	}
	out := slices.Clone(x)
	known := c.node.StringOr("keep_aspect_ratio_policy", "stretch") == "stretch"
	if elems := c.content(sizes); len(elems) > 0 {
		if len(elems) != len(along) {
			return fmt.Errorf("%d sizes for %d dimensions", len(elems), len(along))
		}
		for i, a := range along {
			out[a] = elems[i].dim()
			if !known {
				out[a] = Dim{Size: -1}
			}
		}
	} else if factors := c.floats(scales); len(factors) > 0 {
		if err := scale(out, along, factors); err != nil {
			return err
		}
	} else {
		for _, a := range along {
			out[a] = Dim{Size: -1}
		}
	}
	c.set(0, c.typ(0), out)
	return nil
}

// scale multiplies the sizes of s along the given axes, rounding down.
func scale(s Shape, along []int, factors []float32) error {
	if len(factors) != len(along) {
		return fmt.Errorf("%d scales for %d dimensions", len(factors), len(along))
	}
	for i, a := range along {
		f := float64(factors[i])
		switch d := s[a]; {
		case !(f > 0) || f > maxExtent:
			return fmt.Errorf("scale %g is out of range", f)
		case f == math.Trunc(f):
			s[a] = d.number().mul(integer(int64(f))).dim()
		case d.Known() && d.Size < maxExtent:
			s[a] = Dim{Size: int64(math.Floor(float64(d.Size) * f))}
		default:
			s[a] = Dim{Size: -1}
		}
	}
	return nil
}

// floats returns the elements of a constant float32 input, or nil.
func (c *call) floats(i int) []float32 {
	t := c.tensor(i)
	if t == nil || t.Len() > maxRank {
		return nil
	}
	v, err := t.Float32()
	if err != nil {
		return nil
	}
	return v
}

func upsampleAttribute(c *call) error {
	out := slices.Clone(c.shape(0))
	if out != nil {
		along := make([]int, len(out))
		for i := range along {
			along[i] = i
		}
		var factors []float32
		if a := c.node.typed("scales", AttrFloats); a != nil {
			factors = a.Floats
		}
		if err := scale(out, along, factors); err != nil {
			return err
		}
	}
	c.set(0, c.typ(0), out)
	return nil
}

func (c *call) checkResizeInputs() error {
	if c.node.Op == "Resize" && c.opset >= 11 {
		s := c.shape(2)
		empty := len(s) == 1 && s[0] == Dim{Size: 0}
		if c.has(3) && c.has(2) && s != nil && !empty || !c.has(3) && (!c.has(2) || empty) {
			return fmt.Errorf("it needs scales or sizes, and not both")
		}
	}
	for i, what := range map[int]string{1: "roi", 2: "scales"} {
		if dt := c.typ(i); dt != Undefined && c.node.Op == "Resize" && c.opset >= 11 && !dt.IsFloat() {
			return fmt.Errorf("%s is %v, need %v", what, dt, Float32)
		}
	}
	return nil
}
