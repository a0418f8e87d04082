// Package tracking hands the runs of a study to programs that keep track of
// experiments: parameters, learning curves, test figures and models.
//
//  1. [Read] goes through the runs of a folder that ended as planned: what they were
//     trained with, their curves by epoch, the mean test losses of their domains.
//  2. [Write] makes of them what another program opens: two tables for spreadsheets
//     and data frames ([CSV]), event files for TensorBoard ([TensorBoard]), or the file
//     store of MLflow ([MLflow]). Beside it lies [ManifestFile].
//
// Names of figures are "split/figure/domain", such as "val/loss/north": "train" and
// "val" are means over an epoch, at the number of the epoch; "test" is the mean over
// the domain's test samples, of the model that was kept. Gradients are
// "gradient/cosine/north/south".
//
// Event files hold records of length, checksum, data and checksum, as TFRecord files
// do (checksums are CRC-32C, masked), each one an Event of tensorflow/core/util/event.proto:
// wall_time is field 1, step 2, file_version 3, summary 5; its values are field 1, with a
// tag in field 1 and a simple_value in field 2. The file store is that of MLflow 1 and 2:
// a folder for each experiment and in it one for each run, with meta.yaml, a file for
// each parameter, and for each metric a file of lines "milliseconds value step".
//
// Limits: times are those of done.json's file, so that a copied study has the times of
// the copy; epochs of TensorBoard are a second apart. MLflow finds artifacts by the
// absolute path that the store had when it was written.
package tracking
