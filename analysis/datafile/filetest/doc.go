// Package filetest makes the files of data that tests read.
package filetest
