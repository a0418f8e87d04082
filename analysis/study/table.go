package study

import (
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/measures"
)

// studyFields is the table of the file's keys, in the order in which a reader
// meets them.
var studyFields = []field{
	{key: "version", doc: "Version of this file's format.", typ: integer(1, 1), need: true,
		at: at(func(s *Study) *int { return &s.Version })},
	{key: "name", doc: "Short name: letters, digits, '-', '_' and '.'.", typ: text(), need: true,
		at: at(func(s *Study) *string { return &s.Name })},
	{key: "title", doc: "Title of the report.", typ: text(), note: "the name",
		at: at(func(s *Study) *string { return &s.Title })},
	{key: "seed", doc: "Base of every random stream: splits, initial weights, order of samples.", typ: integer(0, maxSeed), def: "1",
		at: at(func(s *Study) *uint64 { return &s.Seed })},
	{key: "seeds", doc: "Trainings of every model with different random streams. 3 are the least for intervals, 6 for a test of no effect at 5 %.", typ: object(seedFields).or("pools"),
		at: at(func(s *Study) *Study { return s })},
	{key: "randomness", doc: "What runs of one seed have in common. paired: the same initial trunk and the same order of a domain's rows in every arm, so that chance moves an independent and a shared model alike and their difference less; intervals take that into account. separate: nothing.", typ: choice(Paired, Separate), def: Paired,
		at: at(func(s *Study) *string { return &s.Randomness })},
	{key: "input", doc: "The shape that samples of all domains take so that they can share a trunk.", typ: object(inputFields).or("kind"),
		at: at(func(s *Study) *Input { return &s.Input })},
	{key: "defaults", doc: "Settings of domains that every domain takes unless it has its own.", typ: object(domainFields[1:]),
		at: at(func(s *Study) *Domain { return &s.defaults })},
	{key: "domains", doc: "The data domains: two or more, one for looking at data only. Or {by: COLUMN}: a domain for every value of a column.", typ: listOf[Domain](object(domainFields)).ofLength(1, MaxDomains).orBy(byFields), need: true,
		at: at(func(s *Study) *[]Domain { return &s.Domains })},
	{key: "exclude", doc: "File that lists training samples to leave out, as 'sharewise suspects' writes it: {version: 1, samples: [{domain: a, sample: 17}]}, in JSON. Samples for validation and testing stay.", typ: text(), note: "none is left out",
		at: at(func(s *Study) *string { return &s.Exclude })},
	{key: "model", doc: "The trunk that domains share, and its ladder of capacities.", typ: object(modelFields).or("trunk"),
		at: at(func(s *Study) *Model { return &s.Model })},
	{key: "training", doc: "How every run trains.", typ: object(trainingFields),
		at: at(func(s *Study) *Training { return &s.Training })},
	{key: "weightings", doc: "How losses of domains are combined; every arm of several domains runs once per entry.", typ: listOf[Weighting](object(weightingFields).or("name")).ofLength(1, unbounded), def: "[equal]",
		at: at(func(s *Study) *[]Weighting { return &s.Weightings })},
	{key: "arms", doc: "What is trained beside one independent model per domain.", typ: object(armFields),
		at: at(func(s *Study) *Arms { return &s.Arms })},
	{key: "baseline", doc: "What networks are held against: linear, a ridge or logistic regression of each domain on the same inputs, which costs little; the report says which networks are weaker. none leaves it out.", typ: choice(LinearBaseline, NoBaseline), def: LinearBaseline,
		at: at(func(s *Study) *string { return &s.Baseline })},
	{key: "analysis", doc: "Settings of the statistics.", typ: object(analysisFields),
		at: at(func(s *Study) *Analysis { return &s.Analysis })},
	{key: "grouping", doc: "Settings of the recommendation.", typ: object(groupingFields),
		at: at(func(s *Study) *Grouping { return &s.Grouping })},
	{key: "policy", doc: "Which domains may share a model: rules over labels of the domains, here or in a file of their own. What they forbid is never planned, trained or recommended.", typ: optional[Policy](object(policyFields).or("file")), note: "everything is allowed",
		at: at(func(s *Study) **Policy { return &s.Policy })},
	{key: "economics", doc: "What models cost and what less error is worth; 'sharewise value' then says what groupings are worth in money.", typ: optional[Economics](object(economicsFields)),
		at: at(func(s *Study) **Economics { return &s.Economics })},
	{key: "limits", doc: "How much one file of the data may ask for. What asks for more is refused, so that a damaged or hostile file cannot fill the memory.", typ: object(fileLimitFields()), note: "those below, or what the flag --limit says",
		at: at(func(s *Study) *filelimit.Limits { return &s.Limits })},
}

// seedFields are keys of the study itself.
var seedFields = []field{
	{key: "pools", doc: "Of every model that several domains share, and of independent ones unless independent says otherwise.", typ: integer(1, 1000), def: "5",
		at: at(func(s *Study) *int { return &s.Seeds })},
	{key: "independent", doc: "Of every independent model. One of n domains is held against n-1 pairs. Where runs of one seed have nothing in common (randomness: separate), about sqrt(n-1) times as many as pools give the narrowest limits for the computer time; paired runs beyond those of pools serve scores, placebo and floor, and gains only where runs of one seed correlate by less than a half.", typ: integer(1, 1000), note: "as many as pools",
		at: at(func(s *Study) *int { return &s.IndependentSeeds })},
}

// maxSeed is the largest seed that JSON and YAML readers keep exactly.
const maxSeed = 1<<53 - 1

var inputFields = []field{
	{key: "kind", doc: "Kind of samples.", typ: choice(Image, Table, SeriesInput, ArrayInput), note: "by the format of the domains",
		at: at(func(i *Input) *string { return &i.Kind })},
	{key: "image", doc: "Size [height, width] that images of all domains are brought to.", typ: listOf[int](integer(1, 4096)).ofLength(2, 2), note: "must be given for images",
		at: at(func(i *Input) *[]int { return &i.Size })},
	{key: "channels", doc: "1 for grey, 3 for colour.", typ: integer(1, 3), def: "1",
		at: at(func(i *Input) *int { return &i.Channels })},
	{key: "fit", doc: "How an image of another size is brought to the common one: resize stretches, fit keeps the aspect and pads, pad only pads, crop takes the centre.", typ: choice("resize", "fit", "pad", "crop"), def: "resize",
		at: at(func(i *Input) *string { return &i.Fit })},
	{key: "background", doc: "Grey level that padding is filled with, and that shows where pixels are transparent. 255 is white, of images of 16 bits too.", typ: integer(0, 255), def: "0",
		at: at(func(i *Input) *int { return &i.Background })},
	{key: "array", doc: "Shape of a sample in arrays, without the batch: [features], [channels, window] or [channels, height, width]. Arrays with their channels last are turned.", typ: listOf[int](integer(1, 1<<24)).ofLength(1, 4), note: "that of the files",
		at: at(func(i *Input) *[]int { return &i.Shape })},
	{key: "series", doc: "Windows that series of all domains are cut into.", typ: optional[Window](object(windowFields).or("window")),
		at: at(func(i *Input) **Window { return &i.Series })},
	{key: "normalize", doc: "standard: mean 0 and deviation 1 per channel or column, from the domain's training data; unit: images of 8 or 16 bits to 0..1; none. Tables and sparse rows also have: scale (all columns divided by one number, the root mean square of what is not 0), log (sign(x) ln(1 + |x|) first; columns of tables are then standardised, sparse rows scaled), length (rows brought to one length first) and tfidf (counts times ln((1 + n) / (1 + df)) + 1 first, where df of the n training rows of the domain have the column, then as length).", typ: choice("standard", "unit", "none", NormalizeScale, NormalizeLog, NormalizeLength, NormalizeTFIDF), note: "standard; scale for svmlight",
		at: at(func(i *Input) *string { return &i.Normalize })},
	{key: "scale", doc: "Divide raw inputs by this: 255, or 65535 where images have 16 bits, makes images of 0..1. Where scale, mean or std is given, inputs are (x / scale - mean) / std, as a trained model wants them, in place of normalize.", typ: positive(), note: "1",
		at: at(func(i *Input) *float64 { return &i.Scale })},
	{key: "mean", doc: "What is then subtracted: one number, or one for each channel or feature, such as [0.485, 0.456, 0.406].", typ: listOf[float64](number(math.Inf(-1), unbounded)).ofLength(1, unbounded), note: "0",
		at: at(func(i *Input) *[]float64 { return &i.Mean })},
	{key: "std", doc: "What the difference is divided by: one number, or one for each channel or feature.", typ: listOf[float64](positive()).ofLength(1, unbounded), note: "1",
		at: at(func(i *Input) *[]float64 { return &i.Std })},
}

var domainFields = []field{
	{key: "name", doc: "Name of the domain: letters, digits, '-', '_' and '.'.", typ: text(), need: true,
		at: at(func(d *Domain) *string { return &d.Name })},
	{key: "format", doc: formatDoc(), typ: formatChoice(), note: "by the files",
		at: at(func(d *Domain) *string { return &d.Format })},
	{key: "data", doc: "The data: a folder, a file or a pattern, or {images: FILE, labels: FILE}. Split into training, validation and test parts unless these are given.", typ: object(filesFields).or("path"),
		at: at(func(d *Domain) *Files { return &d.Files })},
	{key: "validation", doc: "Given validation data.", typ: optional[Files](object(filesFields).or("path")), note: "a part of data",
		at: at(func(d *Domain) **Files { return &d.Val })},
	{key: "test", doc: "Given test data.", typ: optional[Files](object(filesFields).or("path")), note: "a part of data",
		at: at(func(d *Domain) **Files { return &d.Test })},
	{key: "task", doc: "What is predicted.", typ: object(taskFields).or("kind"),
		at: at(func(d *Domain) *Task { return &d.Task })},
	{key: "columns", doc: "Roles of a table's columns.", typ: optional[Columns](object(columnFields)),
		at: at(func(d *Domain) **Columns { return &d.Columns })},
	{key: "series", doc: "How signals are stored, cut and labelled.", typ: optional[Series](object(seriesFields)),
		at: at(func(d *Domain) **Series { return &d.Series })},
	{key: "svmlight", doc: "How sparse samples are read. In memory they take room for what is not 0; minibatches are dense.", typ: optional[Svmlight](object(svmlightFields)),
		at: at(func(d *Domain) **Svmlight { return &d.Svmlight })},
	{key: "split", doc: "How data is divided where the files do not say.", typ: object(splitFields).or("by"),
		at: at(func(d *Domain) *Split { return &d.Split })},
	{key: "limit", doc: "Caps on the number of samples, drawn by the study's seed and stratified by class.", typ: object(limitFields).or("train"),
		at: at(func(d *Domain) *Limit { return &d.Limit })},
	{key: "invert", doc: "Swap dark and light, so that all domains have the same background.", typ: flag(), def: "false",
		at: at(func(d *Domain) *bool { return &d.Invert })},
	{key: "skip_bad", doc: "Leave out bad samples and count them, instead of stopping at the first.", typ: flag(), def: "false",
		at: at(func(d *Domain) *bool { return &d.SkipBad })},
	{key: "value", doc: "Worth of one unit of this domain's gain when groups are chosen.", typ: number(0, unbounded), def: "1",
		at: at(func(d *Domain) *float64 { return &d.Value })},
	{key: "labels", doc: "What rules under policy speak of, by names of your choice: {owner: acme, jurisdiction: EU, confidentiality: confidential, purpose: [quality, repair], retention: 2029-12-31}. Samples of domains whose confidentiality is confidential, secret or restricted are shown nowhere.", typ: labels(),
		at: at(func(d *Domain) *map[string][]string { return (*map[string][]string)(&d.Labels) })},
	{key: "augment", doc: "Augmentation of this domain's training samples.", typ: optional[augment.Settings](object(augmentFields)), note: "that of training",
		at: at(func(d *Domain) **augment.Settings { return &d.Augment })},
}

var filesFields = []field{
	{key: "path", doc: "Folder of class folders, or tables, signals or arrays: a file or a pattern such as 'plant-*.csv'. ${NAME} is an environment variable.", typ: text(),
		at: at(func(f *Files) *string { return &f.Path })},
	{key: "index", doc: "Table that lists the images in the folder path, with their classes or other labels: columns.file and columns.label say where.", typ: text(), note: "the folder of an image is its class",
		at: at(func(f *Files) *string { return &f.Index })},
	{key: "images", doc: "IDX file of images; .gz is read as it is.", typ: text(),
		at: at(func(f *Files) *string { return &f.Images })},
	{key: "labels", doc: "IDX file of labels; or the array with the classes, by its name in the file or as another file.", typ: text(),
		at: at(func(f *Files) *string { return &f.Labels })},
	{key: "inputs", doc: "Array with the samples, by its name in the file.", typ: text(), note: "the only one, or the one called inputs, x, images or data",
		at: at(func(f *Files) *string { return &f.Inputs })},
	{key: "targets", doc: "Array with numbers to predict, by its name in the file or as another file.", typ: text(),
		at: at(func(f *Files) *string { return &f.Targets })},
	{key: "groups", doc: "Array with groups that must not be torn apart between training and test, by its name in the file or as another file.", typ: text(),
		at: at(func(f *Files) *string { return &f.Groups })},
}

var taskFields = []field{
	{key: "kind", doc: "classification: one of several classes; binary: one of two, of which the second counts as positive; multilabel: several columns that each hold 0 or 1; regression: numbers.", typ: choice(Classification, Binary, Multilabel, Regression), note: "regression where targets are given, multilabel where columns.labels is, else classification",
		at: at(func(t *Task) *string { return &t.Kind })},
	{key: "classes", doc: "Classes in the order of the outputs; samples of others are left out.", typ: listOf[string](text()), note: "all that are found, sorted",
		at: at(func(t *Task) *[]string { return &t.Classes })},
	{key: "class_order", doc: "How classes that are found are sorted. numbers: whole numbers by value and first, others as text; text: all as text, 0, 1, 10, 2, as torchvision and Keras number folders. It matters to models from elsewhere, which are judged or trained on with the outputs that they have.", typ: choice(OrderNumbers, OrderText), note: "numbers",
		at: at(func(t *Task) *string { return &t.ClassOrder })},
	{key: "loss", doc: "What training reduces. Only regression has a choice: squared_error, or huber, which outliers pull less.", typ: choice(CrossEntropy, BinaryCrossEntropy, SquaredError, Huber), note: "by the kind",
		at: at(func(t *Task) *string { return &t.Loss })},
	{key: "delta", doc: "huber: errors beyond this count in proportion, in standard deviations of the target.", typ: positive(), note: "1",
		at: at(func(t *Task) *float64 { return &t.Delta })},
	{key: "class_weights", doc: "Weight of each class's samples in training, or, for several labels, of the samples that have the label; balanced makes classes count the same, whatever their numbers. Recorded losses are not weighted.", typ: weights("none", "balanced"), def: "none",
		at: at(func(t *Task) *ClassWeights { return &t.ClassWeights })},
	{key: "label_smoothing", doc: "Share of every training label that is spread evenly over the classes. Recorded losses are not smoothed.", typ: number(0, 0.99), def: "0",
		at: at(func(t *Task) *float64 { return &t.Smoothing })},
	{key: "measure", doc: measureDoc(), typ: choice(measures.Settings()...), note: "error; loss where an answer is not simply right or wrong; auc, or balanced with more than two classes, where one class has more than 80 % of the test samples or class_weights is balanced",
		at: at(func(t *Task) *string { return &t.Measure })},
}

var columnFields = []field{
	{key: "label", doc: "Column with the class.", typ: text(),
		at: at(func(c *Columns) *string { return &c.Label })},
	{key: "targets", doc: "Columns with numbers to predict.", typ: listOf[string](text()),
		at: at(func(c *Columns) *[]string { return &c.Targets })},
	{key: "labels", doc: "Columns with 0 or 1 (or false and true), each a label of its own.", typ: listOf[string](text()),
		at: at(func(c *Columns) *[]string { return &c.Labels })},
	{key: "missing_labels", doc: "Rows without a label or target: error, or drop, which leaves out and counts rows without any, and trains on what is known where some of several targets or labels are missing.", typ: choice("error", DropUnlabelled), def: "error",
		at: at(func(c *Columns) *string { return &c.MissingLabels })},
	{key: "features", doc: "Columns with inputs.", typ: listOf[string](text()), note: "every column of numbers without another role",
		at: at(func(c *Columns) *[]string { return &c.Features })},
	{key: "categorical", doc: "Columns of words or codes that are inputs too: the mlp learns an embedding for each word, shared by all domains.", typ: listOf[string](text()),
		at: at(func(c *Columns) *[]string { return &c.Categorical })},
	{key: "dates", doc: "Columns of dates, with times of day perhaps, that are inputs too: {column: when, order: dmy}, or the name alone.", typ: listOf[Date](object(dateFields).or("column")),
		at: at(func(c *Columns) *[]Date { return &c.Dates })},
	{key: "time", doc: "Column with the date or number that rows are ordered by where split.by is time.", typ: text(), note: "the order of the file",
		at: at(func(c *Columns) *string { return &c.Time })},
	{key: "ignore", doc: "Columns to leave out.", typ: listOf[string](text()),
		at: at(func(c *Columns) *[]string { return &c.Ignore })},
	{key: "group", doc: "Column whose values must not be torn apart between training and test: patient, machine, lot.", typ: text(),
		at: at(func(c *Columns) *string { return &c.Group })},
	{key: "split", doc: "Column that says train, validation or test.", typ: text(),
		at: at(func(c *Columns) *string { return &c.Split })},
	{key: "file", doc: "For images that data.index lists: column with the names of files, from the folder of data on; their endings may be missing.", typ: text(), note: "file",
		at: at(func(c *Columns) *string { return &c.File })},
	{key: "where", doc: "Rows of this domain, where one table holds several: {plant: north} takes those with north in the column plant.", typ: texts(),
		at: at(func(c *Columns) *map[string]string { return &c.Where })},
	{key: "delimiter", doc: "comma, semicolon, tab, pipe, space or one character.", typ: text(), note: "by the first lines",
		at: at(func(c *Columns) *string { return &c.Delimiter })},
	{key: "encoding", doc: "Encoding of the text: utf-8, utf-16, latin-1, windows-1252, shift_jis, euc-jp, gbk, or another name of the WHATWG Encoding Standard.", typ: text(), note: "by the first lines, where these leave no doubt",
		at: at(func(c *Columns) *string { return &c.Encoding })},
	{key: "decimal", doc: "What stands before the decimals of a number.", typ: choice("point", "comma"), note: "by the first lines",
		at: at(func(c *Columns) *string { return &c.Decimal })},
	{key: "thousands", doc: "What stands between the thousands of a number.", typ: choice("none", "comma", "point", "space", "apostrophe"), note: "by the first lines",
		at: at(func(c *Columns) *string { return &c.Thousands })},
	{key: "skip", doc: "Lines to leave out before the header, or before the first row of a file without header.", typ: integer(0, maxCount), note: "by the first lines",
		at: at(func(c *Columns) **int { return &c.Skip })},
	{key: "comment", doc: "What lines begin with that are no rows.", typ: text(), note: "'#' where such lines stand among the first ones",
		at: at(func(c *Columns) *string { return &c.Comment })},
	{key: "header", doc: "Whether the first line names the columns.", typ: flag(), note: "true, unless names are given",
		at: at(func(c *Columns) **bool { return &c.Header })},
	{key: "names", doc: "Names of the columns of a file without header.", typ: listOf[string](text()), note: "column1, column2, ...",
		at: at(func(c *Columns) *[]string { return &c.Names })},
	{key: "missing", doc: "Spellings of a missing value beside an empty field and the errors of spreadsheets, such as '#N/A'. In columns of numbers '-', '.' and '.a' to '.z' are such too. A number, such as '-9', is meant however it is written.", typ: listOf[string](text()), def: "[NA, N/A, n/a, NaN, nan, 'null', 'NULL', None, '<NA>', '?']",
		at: at(func(c *Columns) *[]string { return &c.Missing })},
	{key: "impute", doc: "What stands in for missing inputs of a table: the median or the mean of the column's training values; none makes rows with missing numbers bad samples. A missing word is a word of its own.", typ: choice(Median, Mean, NoImpute), def: Median,
		at: at(func(c *Columns) *string { return &c.Impute })},
	{key: "indicators", doc: "A further input for each column of numbers with missing training values in any domain: 1 where the value is missing, else 0.", typ: flag(), def: "true",
		at: at(func(c *Columns) *bool { return &c.Indicators })},
}

var splitFields = []field{
	{key: "validation", doc: "Fraction of data set aside for learning curves and selection.", typ: number(0, 0.9), def: "0.1",
		at: at(func(s *Split) *float64 { return &s.Val })},
	{key: "test", doc: "Fraction of data set aside for testing where no test data is given.", typ: number(0, 0.9), def: "0.2",
		at: at(func(s *Split) *float64 { return &s.Test })},
	{key: "folds", doc: "Test all samples instead of a fraction: the data are divided into this many parts, and the runs of seed k are tested on part k and trained on the others, with validation samples taken from these. After 2 × folds seeds every sample has been tested twice. The same for all domains.", typ: integer(0, MaxFolds), def: "0",
		at: at(func(s *Split) *int { return &s.Folds })},
	{key: "by", doc: "random, stratified by class; group: no group on both sides; time: the last rows of the file, or windows of every file of series, are for testing; content: at random, samples with equal inputs on one side. Windows that would overlap another split are left out.", typ: choice(ByRandom, ByGroup, ByTime, ByContent), note: "group where a group is named, else time for series and random for others",
		at: at(func(s *Split) *string { return &s.By })},
	{key: "shared", doc: "Draw the split by the rows of the file and not for this domain alone, so that a row that several domains use is in the same part for all of them.", typ: flag(), note: "true where another domain may use the same rows",
		at: at(func(s *Split) **bool { return &s.Shared })},
	{key: "group", doc: "For image folders and series: regular expression on class/file whose first parenthesis is the group: '/([^_]+)_' groups by the beginning of the file name, '^([^_]+)_' by class and beginning.", typ: text(),
		at: at(func(s *Split) *string { return &s.Group })},
}

var limitFields = []field{
	{key: "train", doc: "Most training samples; 0 is no limit.", typ: integer(0, maxCount), def: "0",
		at: at(func(l *Limit) *int { return &l.Train })},
	{key: "validation", doc: "Most validation samples; 0 is no limit.", typ: integer(0, maxCount), def: "0",
		at: at(func(l *Limit) *int { return &l.Val })},
	{key: "test", doc: "Most test samples; 0 is no limit.", typ: integer(0, maxCount), def: "0",
		at: at(func(l *Limit) *int { return &l.Test })},
}

// maxCount bounds counts of samples and epochs: an int32 on every machine.
const maxCount = 1<<31 - 1

var modelFields = []field{
	{key: "trunk", doc: "A trunk that sharewise brings along, built to the input's shape (" + strings.Join(TrunkNames(), ", ") + "), or the path of an ONNX model.", typ: text(), note: trunkDefaults(),
		at: at(func(m *Model) *string { return &m.Trunk })},
	{key: "widths", doc: "Width multipliers of such a trunk, small to large: the ladder of capacities.", typ: listOf[float64](positive()).ofLength(1, 16), note: "[1]",
		at: at(func(m *Model) *[]float64 { return &m.Widths })},
	{key: "batch_norm", doc: "What batch normalisation uses in training: shared, mean and variance over the minibatch of all domains; domain, over each domain's own part, with running statistics of its own; frozen, those stored in the model. Scale and bias are shared.", typ: choice(SharedStatistics, DomainStatistics, FrozenStatistics), note: "shared where the trunk has batch normalisation",
		at: at(func(m *Model) *string { return &m.BatchNorm })},
	{key: "freeze", doc: "Parameters of the trunk that stay as the model file has them, by name or pattern: ['*'] is the whole trunk, ['conv*', 'layer1.*'] a part.", typ: listOf[string](text()).ofLength(1, unbounded),
		at: at(func(m *Model) *[]string { return &m.Freeze })},
	{key: "set", doc: "Inputs of model files besides that for samples, and sizes that they leave open: {gain: 1.5} makes an input this number in all of its elements, {height: 224} is a size, {image: '[N, 3, 224, 224]'} the shape of an input.", typ: texts(),
		at: at(func(m *Model) *map[string]string { return &m.Set })},
	{key: "features", doc: "Where the trunk of a model file ends, and the heads of the domains begin: the name of a value or node; or auto, which leaves out the model's last linear layer and what follows it. 'sharewise model inspect --features' shows what is left.", typ: text(), note: "the model's only output",
		at: at(func(m *Model) *string { return &m.Features })},
	{key: "init", doc: "How weights start: keep, as the model has them; he, xavier or orthogonal, by the size of their layer; truncated_normal, with deviation 0.02. All but keep start biases at 0 and scales of normalisations at 1.", typ: choice(inits...), def: Keep,
		at: at(func(m *Model) *string { return &m.Init })},
	{key: "freeze_depth", doc: "Layers that stay as they start, counted from the input, with the normalisations and biases that follow them. Layers are what has a weight: convolutions, products, recurrent networks and embeddings.", typ: integer(0, maxCount), def: "0",
		at: at(func(m *Model) *int { return &m.FreezeDepth })},
	{key: "adapters", doc: "Train low-rank adapters beside the weights (LoRA), and the heads, and nothing else. The trained model has them merged into its weights.", typ: optional[Adapters](object(adapterFields).or("rank")),
		at: at(func(m *Model) **Adapters { return &m.Adapters })},
	{key: "domain_adapters", doc: "Give every domain of a shared model a scale and a shift of its own for the channels of every layer, beside its head, so that domains that differ in kind can share the weights. Batch normalisations then use each domain's own statistics unless they are frozen. Models of one domain stay as they are.", typ: flag(), def: "false",
		at: at(func(m *Model) *bool { return &m.DomainAdapters })},
	{key: "files", doc: "ONNX models of one's own instead, small to large.", typ: listOf[string](text()).ofLength(1, 16),
		at: at(func(m *Model) *[]string { return &m.Files })},
}

var adapterFields = []field{
	{key: "rank", doc: "Rank of the change of a weight.", typ: integer(1, 4096), def: "8",
		at: at(func(a *Adapters) *int { return &a.Rank })},
	{key: "alpha", doc: "The change is scaled by alpha/rank.", typ: positive(), note: "the rank",
		at: at(func(a *Adapters) *float64 { return &a.Alpha })},
	{key: "match", doc: "Weights with an adapter, by the name or pattern of the weight or its node.", typ: listOf[string](text()).ofLength(1, unbounded), note: "all of Gemm, MatMul and Conv for which it is smaller than the weight",
		at: at(func(a *Adapters) *[]string { return &a.Match })},
}

var trainingFields = []field{
	{key: "epochs", doc: "Passes over the training data.", typ: integer(1, 1e6), def: "20",
		at: at(func(t *Training) *int { return &t.Epochs })},
	{key: "batch", doc: "Rows of a domain in a minibatch, averaged over domains.", typ: integer(1, 1<<20), def: "64",
		at: at(func(t *Training) *int { return &t.Batch })},
	{key: "sampling", doc: "Shares of the domains in a minibatch: proportional to their size, balanced (equal), or temperature (between both).", typ: choice(Proportional, Balanced, Temperature), def: "proportional",
		at: at(func(t *Training) *string { return &t.Sampling })},
	{key: "temperature", doc: "For sampling by temperature: shares follow size^(1/temperature); 1 is proportional.", typ: number(1, unbounded), def: "2",
		at: at(func(t *Training) *float64 { return &t.Temperature })},
	{key: "optimizer", doc: "How parameters follow their gradients.", typ: object(optimizerFields).or("name"),
		at: at(func(t *Training) *Optimizer { return &t.Optimizer })},
	{key: "rate", doc: "Peak learning rate.", typ: positive(), note: defaultRates(),
		at: at(func(t *Training) *float64 { return &t.Rate })},
	{key: "schedule", doc: "Course of the learning rate.", typ: object(scheduleFields).or("kind"),
		at: at(func(t *Training) *Schedule { return &t.Schedule })},
	{key: "clip", doc: "Largest norm of the whole gradient; 0 leaves it alone.", typ: number(0, unbounded), def: "0",
		at: at(func(t *Training) *float64 { return &t.Clip })},
	{key: "select", doc: "Which parameters are tested: the last, or the best by validation loss.", typ: choice("last", "best"), def: "last",
		at: at(func(t *Training) *string { return &t.Select })},
	{key: "augment", doc: "Random changes of training samples.", typ: object(augmentFields),
		at: at(func(t *Training) *augment.Settings { return &t.Augment })},
	{key: "conflict", doc: "Measure the angle between the domains' gradients once per epoch.", typ: flag(), def: "false",
		at: at(func(t *Training) *bool { return &t.Conflict })},
	{key: "threads", doc: "Threads of one training. Results depend on it; several trainings run side by side.", typ: integer(1, MaxThreads), def: "1",
		at: at(func(t *Training) *int { return &t.Threads })},
	{key: "checkpoint_every", doc: "Least number of epochs between checkpoints.", typ: integer(1, 1e6), def: "1",
		at: at(func(t *Training) *int { return &t.CheckpointEvery })},
	{key: "passes", doc: "Which passes make training and evaluation faster, by which results change in their last digits: all, none, names joined by commas, or names with - before each for all others. See runtime doctor.", typ: text(), def: "all",
		at: at(func(t *Training) *string { return &t.Passes })},
}

var optimizerFields = []field{
	{key: "name", doc: "Update rule.", typ: choice(Optimizers()...), def: "adamw",
		at: at(func(o *Optimizer) *string { return &o.Name })},
	{key: "momentum", doc: "sgd: momentum.", typ: number(0, 0.9999), def: "0.9",
		at: at(func(o *Optimizer) *float64 { return &o.Momentum })},
	{key: "nesterov", doc: "sgd: Nesterov's form of momentum.", typ: flag(), def: "true",
		at: at(func(o *Optimizer) *bool { return &o.Nesterov })},
	{key: "beta1", doc: "adamw, adam: decay of the mean of gradients.", typ: number(0, 0.9999), def: "0.9",
		at: at(func(o *Optimizer) *float64 { return &o.Beta1 })},
	{key: "beta2", doc: "adamw, adam: decay of the mean of squared gradients.", typ: number(0, 0.999999), def: "0.999",
		at: at(func(o *Optimizer) *float64 { return &o.Beta2 })},
	{key: "epsilon", doc: "adamw, adam, adagrad: added to the root of the mean, or with adagrad the sum, of squares.", typ: positive(), note: "1e-8, with adagrad 1e-10",
		at: at(func(o *Optimizer) *float64 { return &o.Epsilon })},
	{key: "weight_decay", doc: "adamw: decoupled from the gradient; others: added to it.", typ: number(0, 1), def: "0.0005",
		at: at(func(o *Optimizer) *float64 { return &o.WeightDecay })},
}

var scheduleFields = []field{
	{key: "kind", doc: "Decay after the warm-up.", typ: choice("constant", "cosine", "linear"), def: "cosine",
		at: at(func(s *Schedule) *string { return &s.Kind })},
	{key: "warmup", doc: "Fraction of all steps in which the rate rises to its peak.", typ: number(0, 0.9), def: "0.05",
		at: at(func(s *Schedule) *float64 { return &s.Warmup })},
	{key: "final", doc: "Last rate as a fraction of the peak.", typ: number(0, 1), def: "0.01",
		at: at(func(s *Schedule) *float64 { return &s.Final })},
}

var weightingFields = []field{
	{key: "name", doc: weightingDoc() + " Weights are for the shared part: the head of a domain follows its own loss.", typ: choice(methodNames()...), need: true,
		at: at(func(w *Weighting) *string { return &w.Name })},
	{key: "weights", doc: "static: a weight for every domain.", typ: numbers(),
		at: at(func(w *Weighting) *map[string]float64 { return &w.Weights })},
	{key: "temperature", doc: "dwa, temperature: larger is closer to equal. stch: smaller is closer to the worst loss alone.", typ: positive(), note: having("temperature"),
		at: at(func(w *Weighting) *float64 { return &w.Temperature })},
	{key: "rate", doc: "How fast a method learns or forgets: of log variances (uncertainty), log weights (imtl-l, famo, gradnorm), exponents of losses (group-dro, doremi), targets of cosines (gradvac). At most 1.", typ: typ{kind: numberKind, min: 0, max: 1, above: true}, note: having("rate"),
		at: at(func(w *Weighting) *float64 { return &w.Rate })},
	{key: "power", doc: "baseline, lbtw, gap: exponent of the loss, its ratio or its gap. gradnorm: exponent of the pace of learning. fairgrad: 1 is the bargain of Nash, larger ones serve the worst domain.", typ: positive(), note: having("power"),
		at: at(func(w *Weighting) *float64 { return &w.Power })},
	{key: "radius", doc: "cagrad: how far from the mean gradient, by its length.", typ: positive(), note: having("radius"),
		at: at(func(w *Weighting) *float64 { return &w.Radius })},
	{key: "smoothing", doc: "doremi: the part of the weights that is equal for all.", typ: typ{kind: numberKind, min: 0, max: 1, above: true}, note: having("smoothing"),
		at: at(func(w *Weighting) *float64 { return &w.Smoothing })},
	{key: "decay", doc: "famo: weight decay of the log weights.", typ: typ{kind: numberKind, min: 0, max: 1, above: true}, note: having("decay"),
		at: at(func(w *Weighting) *float64 { return &w.Decay })},
	{key: "warmup", doc: "stch: epochs before the worst loss counts.", typ: integer(1, maxWarmup), note: having("warmup"),
		at: at(func(w *Weighting) *int { return &w.Warmup })},
	{key: "every", doc: "Methods from gradients: steps from one look at them to the next; the weights stand meanwhile. famo: steps from one second look at a minibatch's losses to the next.", typ: integer(1, maxEvery), note: "1",
		at: at(func(w *Weighting) *int { return &w.Every })},
	{key: "targets", doc: "baseline, doremi, gap: a loss for every domain.", typ: numbers(), note: "losses of the independent models of the same seed, which are then trained first",
		at: at(func(w *Weighting) *map[string]float64 { return &w.Targets })},
}

// Bounds of what a weighting may ask for.
const (
	maxWarmup = 100000
	maxEvery  = 100000
)

var armFields = []field{
	{key: "joint", doc: "One model for all domains.", typ: flag(), def: "true",
		at: at(func(a *Arms) *bool { return &a.Joint })},
	{key: "pairs", doc: "One model for every pair of domains: what groups are chosen from. Pairs grow with the square of the number of domains.", typ: flag(), note: "true up to 16 domains",
		at: at(func(a *Arms) **bool { return &a.Pairs })},
	{key: "pools", doc: "Further sets of domains that share a model, such as [[a, b, c]].", typ: listOf[[]string](listOf[string](text()).ofLength(2, MaxDomains)),
		at: at(func(a *Arms) *[][]string { return &a.Pools })},
}

var analysisFields = []field{
	{key: "level", doc: "Nominal coverage of intervals.", typ: number(0.5, 0.999), def: "0.95",
		at: at(func(a *Analysis) *float64 { return &a.Level })},
	{key: "alpha", doc: "False discovery rate of samples called helped or harmed.", typ: number(0.0001, 0.5), def: "0.05",
		at: at(func(a *Analysis) *float64 { return &a.Alpha })},
	{key: "loss_cap", doc: "Where gains rest on losses, losses of samples above this quantile of the independent models' losses count as that much, in all arms, so that no outlier outweighs all others: 0.99, for instance; 1 cuts none.", typ: number(0.5, 1), def: "1",
		at: at(func(a *Analysis) *float64 { return &a.LossCap })},
	{key: "exemplars", doc: "Samples shown per domain and direction.", typ: integer(0, 200), def: "12",
		at: at(func(a *Analysis) *int { return &a.Exemplars })},
}

var groupModelFields = []field{
	{key: "pool", doc: "Domains that the model is trained on.", typ: listOf[string](text()).ofLength(1, MaxDomains), need: true,
		at: at(func(m *GroupModel) *[]string { return &m.Pool })},
	{key: "cost", doc: "Cost, in the unit of the budget.", typ: positive(),
		at: at(func(m *GroupModel) *float64 { return &m.Cost })},
	{key: "memory", doc: "Memory in use, in the unit of the sites; bytes where it is not stated for all.", typ: positive(),
		at: at(func(m *GroupModel) *float64 { return &m.Memory })},
	{key: "latency", doc: "Time to an answer, in the unit of the sites.", typ: positive(),
		at: at(func(m *GroupModel) *float64 { return &m.Latency })},
}

var groupSiteFields = []field{
	{key: "domain", doc: "Name of the domain.", typ: text(), need: true,
		at: at(func(s *GroupSite) *string { return &s.Domain })},
	{key: "memory", doc: "Most memory of a model.", typ: positive(),
		at: at(func(s *GroupSite) *float64 { return &s.Memory })},
	{key: "latency", doc: "Longest time to an answer.", typ: positive(),
		at: at(func(s *GroupSite) *float64 { return &s.Latency })},
}

var groupingFields = []field{
	{key: "max_groups", doc: "Most groups; 0 is one per domain.", typ: integer(0, MaxDomains), def: "0",
		at: at(func(g *Grouping) *int { return &g.MaxGroups })},
	{key: "min_gain", doc: "Relative gain that sharing must surely exceed to be worth it.", typ: number(0, 1), def: "0",
		at: at(func(g *Grouping) *float64 { return &g.MinGain })},
	{key: "must_link", doc: "Sets of domains that one model must serve, such as [[a, b]].", typ: listOf[[]string](listOf[string](text()).ofLength(2, MaxDomains)),
		at: at(func(g *Grouping) *[][]string { return &g.MustLink })},
	{key: "cannot_link", doc: "Sets of domains of which no model trains two, such as [[a, b]]. No such pool is trained or recommended.", typ: listOf[[]string](listOf[string](text()).ofLength(2, MaxDomains)),
		at: at(func(g *Grouping) *[][]string { return &g.CannotLink })},
	{key: "largest_pool", doc: "Most domains of a model; 0 is any number. No larger pool is trained or recommended.", typ: integer(0, MaxDomains), def: "0",
		at: at(func(g *Grouping) *int { return &g.LargestPool })},
	{key: "objective", doc: "What 'sharewise group' plans pools by, beside the groups: mean, value (the mean weighted by domains' values), worst (the smallest gain of a domain), no-harm (the probability that no domain is harmed) or risk (the mean less aversion times its standard error). The plan is printed and stored in pools.json.", typ: choice("mean", "value", "worst", "no-harm", "risk"),
		at: at(func(g *Grouping) *string { return &g.Objective })},
	{key: "aversion", doc: "With the objective risk: what a standard error of the mean counts; 1 unless given.", typ: positive(),
		at: at(func(g *Grouping) *float64 { return &g.Aversion })},
	{key: "budget", doc: "Most that the models of planned pools cost in all; each costs 1 unless models say otherwise.", typ: positive(),
		at: at(func(g *Grouping) *float64 { return &g.Budget })},
	{key: "helpers", doc: "Whether planned pools may train domains that another pool serves.", typ: flag(), def: "false",
		at: at(func(g *Grouping) *bool { return &g.Helpers })},
	{key: "models", doc: "What the models of pools cost and take: {pool: [a, b], cost: 1.5, memory: 2e6, latency: 3}. A pool of one is a domain alone. Where memory is not stated it is the size of the trained model in bytes.", typ: listOf[GroupModel](object(groupModelFields)),
		at: at(func(g *Grouping) *[]GroupModel { return &g.Models })},
	{key: "sites", doc: "What the model that serves a domain may take, where it runs: {domain: a, memory: 1e6, latency: 5}. A pool for which it is not known does not serve the domain.", typ: listOf[GroupSite](object(groupSiteFields)),
		at: at(func(g *Grouping) *[]GroupSite { return &g.Sites })},
	{key: "tolerance", doc: "Relative gain, averaged over domains by value, that nobody would change a grouping for: groups are settled where no other choice is better by more. Or {money: 500}, an amount a month by the values under economics.", typ: object(toleranceFields).or("gain"),
		at: at(func(g *Grouping) *Grouping { return g })},
}
