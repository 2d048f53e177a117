package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// executor runs commands in containers.
type executor struct{ pods *table }

func (e executor) ExecInContainer(ctx context.Context, name string, _ types.UID, containerName string, command []string, in io.Reader, out, errOut io.WriteCloser, tty bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	if tty {
		return errors.New("there are no terminals here; leave out --tty")
	}
	container, err := e.pods.container(name, containerName)
	if err != nil {
		return err
	}
	if len(container.Enter) == 0 {
		return fmt.Errorf("container %s of pod %s is not running", containerName, name)
	}
	argv := append(append([]string{}, container.Enter...), command...)
	process := exec.CommandContext(ctx, argv[0], argv[1:]...)
	process.Env = container.Env
	process.Stdout, process.Stderr = out, errOut
	if in != nil {
		// Not process.Stdin, for which Wait would wait: a client may keep its side open after the command has ended.
		input, err := process.StdinPipe()
		if err != nil {
			return err
		}
		go func() {
			io.Copy(input, in)
			input.Close()
		}()
	}
	err = process.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		return utilexec.CodeExitError{Err: err, Code: exit.ExitCode()}
	}
	return err
}
