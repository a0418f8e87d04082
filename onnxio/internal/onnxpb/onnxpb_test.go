package onnxpb

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// newer lists what came after IR version 8, and so is missing from the list
// that the other tool wrote.
var newer = []string{
	// IR 9
	"FunctionProto.attribute_proto = 11 repeated AttributeProto",
	"TensorProto.DataType.FLOAT8E4M3FN = 17",
	"TensorProto.DataType.FLOAT8E4M3FNUZ = 18",
	"TensorProto.DataType.FLOAT8E5M2 = 19",
	"TensorProto.DataType.FLOAT8E5M2FNUZ = 20",
	// IR 10
	"FunctionProto.metadata_props = 14 repeated StringStringEntryProto",
	"FunctionProto.overload = 13 optional string",
	"FunctionProto.value_info = 12 repeated ValueInfoProto",
	"GraphProto.metadata_props = 16 repeated StringStringEntryProto",
	"NodeProto.metadata_props = 9 repeated StringStringEntryProto",
	"NodeProto.overload = 8 optional string",
	"TensorProto.DataType.INT4 = 22",
	"TensorProto.DataType.UINT4 = 21",
	"TensorProto.metadata_props = 16 repeated StringStringEntryProto",
	"ValueInfoProto.metadata_props = 4 repeated StringStringEntryProto",
	// IR 11
	"DeviceConfigurationProto.device = 3 repeated string",
	"DeviceConfigurationProto.name = 1 optional string",
	"DeviceConfigurationProto.num_devices = 2 optional int32",
	"IntIntListEntryProto.key = 1 optional int64",
	"IntIntListEntryProto.value = 2 repeated int64",
	"ModelProto.configuration = 26 repeated DeviceConfigurationProto",
	"NodeDeviceConfigurationProto.configuration_id = 1 optional string",
	"NodeDeviceConfigurationProto.pipeline_stage = 3 optional int32",
	"NodeDeviceConfigurationProto.sharding_spec = 2 repeated ShardingSpecProto",
	"NodeProto.device_configurations = 10 repeated NodeDeviceConfigurationProto",
	"ShardedDimProto.axis = 1 optional int64",
	"ShardedDimProto.simple_sharding = 2 repeated SimpleShardedDimProto",
	"ShardingSpecProto.device = 2 repeated int64",
	"ShardingSpecProto.index_to_device_group_map = 3 repeated IntIntListEntryProto",
	"ShardingSpecProto.sharded_dim = 4 repeated ShardedDimProto",
	"ShardingSpecProto.tensor_name = 1 optional string",
	"SimpleShardedDimProto.dim_param = 2 optional string oneof dim",
	"SimpleShardedDimProto.dim_value = 1 optional int64 oneof dim",
	"SimpleShardedDimProto.num_shards = 3 optional int64",
	"TensorProto.DataType.FLOAT4E2M1 = 23",
	// IR 12 and 13: element types alone
	"TensorProto.DataType.FLOAT8E8M0 = 24",
	"TensorProto.DataType.INT2 = 26",
	"TensorProto.DataType.UINT2 = 25",
}

// TestSchema compares every field's number, label and type with what another
// tool says, up to IR version 8, and states what we have beyond that.
func TestSchema(t *testing.T) {
	want := append(readLines(t, "testdata/ir8.txt"), newer...)
	got := describe(File_onnxio_internal_onnxpb_onnx_proto)
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("missing: %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("not known elsewhere: %s", line)
		}
	}
}

func readLines(t *testing.T, path string) []string {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		if line := sc.Text(); !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// describe lists the fields and enum values of a file.
func describe(file protoreflect.FileDescriptor) []string {
	var lines []string
	name := func(d protoreflect.Descriptor) string {
		return strings.TrimPrefix(string(d.FullName()), string(file.Package())+".")
	}
	var walk func(protoreflect.MessageDescriptors)
	walk = func(messages protoreflect.MessageDescriptors) {
		for i := range messages.Len() {
			m := messages.Get(i)
			for k := range m.Fields().Len() {
				f := m.Fields().Get(k)
				typ := f.Kind().String()
				if f.Message() != nil {
					typ = name(f.Message())
				} else if f.Enum() != nil {
					typ = name(f.Enum())
				}
				line := fmt.Sprintf("%s.%s = %d %v %s", name(m), f.Name(), f.Number(), f.Cardinality(), typ)
				if f.ContainingOneof() != nil {
					line += " oneof " + string(f.ContainingOneof().Name())
				}
				if f.IsPacked() {
					line += " packed"
				}
				lines = append(lines, line)
			}
			for k := range m.Enums().Len() {
				e := m.Enums().Get(k)
				for v := range e.Values().Len() {
					lines = append(lines, fmt.Sprintf("%s.%s = %d", name(e), e.Values().Get(v).Name(), e.Values().Get(v).Number()))
				}
			}
			walk(m.Messages())
		}
	}
	walk(file.Messages())
	return lines
}
